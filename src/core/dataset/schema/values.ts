import * as z from 'zod';

/*
 * Kinds of values in a document. The error text of each schema says what must stand there, as a noun: messages are made of it
 * (problem.ts).
 */

export const MAP = 'a map of fields';
const NAME = 'a name of 1 to 63 of a-z, 0-9 and -, that begins with a letter or digit';
const ASCII = 'one ASCII character';

/** Of a dataset and of its table. */
export const nameSchema = z.string(NAME).regex(/^[a-z0-9][a-z0-9-]{0,62}$/, NAME);

export const flag = z.boolean('true or false');
export const count = z.int('a whole number of 0 or more').min(0, 'a whole number of 0 or more');
export const attributeName = text(255);
export const duration = z
  .string('a time such as 24h or 90d (s, m, h, d)')
  .regex(/^[1-9][0-9]{0,8}[smhd]$/, 'a time such as 24h or 90d (s, m, h, d)');

/** Neither a line end nor NUL. */
export const oneByte = z
  .string(ASCII)
  .length(1, ASCII)
  .refine((text) => text > '\0' && text <= '~' && text !== '\n' && text !== '\r', ASCII);

/**
 * Part of an object's key. S3's filters ('Configuring event notifications using object key name filtering') want other characters
 * encoded.
 */
export function keyPart(least: number, most: number) {
  const what = `${least} to ${most} of a-z, A-Z, 0-9 and !-_.'()/`;
  return z.string(what).regex(new RegExp(`^[a-zA-Z0-9!_.'()/-]{${least},${most}}$`), what);
}

export function text(most: number, what = `a text of 1 to ${most} characters`) {
  return z.string(what).min(1, what).max(most, what);
}

export function wholeNumber(least: number, most: number) {
  const what = `a whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
  return z.int(what).min(least, what).max(most, what);
}

export function choice<const T extends readonly [string, ...string[]]>(words: T, what: string) {
  return z.enum(words, what);
}

/** One value, or a list of them. */
export function oneOrMany<T extends z.ZodType>(schema: T, what: string, most = 1000, least = 1) {
  const many = `a list of ${least} to ${most.toLocaleString('en')}`;
  return z.union([schema, z.array(schema).min(least, many).max(most, many)], `${what} or a list of them`);
}

export function noneOr<T extends z.ZodType>(schema: T, what: string) {
  return z.union([z.literal('none'), schema], `${what} or none`);
}
