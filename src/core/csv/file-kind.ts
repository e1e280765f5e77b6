/** Whether the object is gzip: its key ends in `.gz`, in upper or lower case. */
export function isCompressed({ key }: { readonly key: string }): boolean {
  return key.toLowerCase().endsWith('.gz');
}

/** Length of an object's text, in bytes. Infinity for a compressed object: its length is known only after reading it. */
export function textBytes(object: { readonly key: string; readonly sizeBytes: number }): number {
  return isCompressed(object) ? Infinity : object.sizeBytes;
}
