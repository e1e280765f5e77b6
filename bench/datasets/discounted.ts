type Order = { readonly total: number | null; readonly discount: number | null };

/** Adds what the customer pays. */
export default function discounted(order: Order): object {
  if (order.total === null) return order;
  return { ...order, payable: Math.round(order.total * (100 - (order.discount ?? 0))) / 100 };
}
