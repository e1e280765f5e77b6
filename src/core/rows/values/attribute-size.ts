type Json = { readonly [tag: string]: unknown };

/**
 * The size of an attribute value as DynamoDB counts it (Developer Guide, "DynamoDB item sizes and formats"): texts by their bytes in
 * UTF-8, numbers by about half a byte a digit and one more, lists and maps by three bytes, one for each element, and what is in them.
 */
export function attributeSize(value: Json): number {
  const [tag, inner] = Object.entries(value)[0]!;
  switch (tag) {
    case 'S':
      return utf8Length(inner as string);
    case 'N':
      return numberSize(inner as string);
    case 'B':
      return base64Bytes(inner as string);
    case 'SS':
      return sum(inner as string[], utf8Length);
    case 'NS':
      return sum(inner as string[], numberSize);
    case 'BS':
      return sum(inner as string[], base64Bytes);
    case 'L':
      return 3 + sum(inner as Json[], (each) => 1 + attributeSize(each));
    case 'M':
      return (
        3 +
        sum(
          Object.entries(inner as Json),
          ([name, each]) => 1 + utf8Length(name) + attributeSize(each as Json),
        )
      );
    default:
      return 1;
  }
}

export function numberSize(text: string): number {
  return ((text.length + 1) >> 1) + 1;
}

export function utf8Length(text: string): number {
  let bytes = 0;
  for (let k = 0; k < text.length; k++) {
    const unit = text.charCodeAt(k);
    // Each half of a surrogate pair counts two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

function sum<T>(values: readonly T[], sizeOf: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += sizeOf(value);
  return total;
}
