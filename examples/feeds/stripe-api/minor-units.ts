type Charge = { readonly amount: number; readonly currency: string };

/** Digits after the decimal point, of currencies that do not have two. */
const DIGITS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, VND: 0, BHD: 3, JOD: 3, KWD: 3 };

/** Makes an amount in the currency's minor unit (cents) one in its major unit. */
export default function inMajorUnits(charge: Charge): object {
  return { ...charge, amount: charge.amount / 10 ** (DIGITS[charge.currency] ?? 2) };
}
