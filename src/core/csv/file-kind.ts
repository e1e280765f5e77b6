/** Is the object gzip? Its key says so: it ends in `.gz`, in any case of letters. */
export function isCompressed({ key }: { readonly key: string }): boolean {
  return key.toLowerCase().endsWith('.gz');
}

/** Length of an object's text, in bytes; Infinity for a compressed one, whose text must be read to know. */
export function textBytes(object: { readonly key: string; readonly sizeBytes: number }): number {
  return isCompressed(object) ? Infinity : object.sizeBytes;
}
