import { createHash } from 'node:crypto';
import { REVISION } from '../src/core/revision.ts';

type File = { readonly name: string; readonly contents: Uint8Array };

/** Puts a digest of a bundle's code where the sources have a place for it: as long as that, so that the source maps hold. */
export function stampRevision(files: readonly File[]): readonly File[] {
  const isCode = ({ name }: File) => !name.endsWith('.map');
  const digest = createHash('sha256');
  for (const { contents } of files.filter(isCode)) digest.update(contents);
  const stamp = digest.digest('hex').slice(0, REVISION.length);
  let places = 0;
  const stamped = files.map((file) => (isCode(file) ? { ...file, contents: stampOne(file.contents) } : file));
  if (places !== 1) throw new Error(`The bundle names the revision '${REVISION}' ${places} times, not once.`);
  return stamped;

  function stampOne(contents: Uint8Array): Uint8Array {
    const text = Buffer.from(contents);
    for (let at = text.indexOf(REVISION); at !== -1; at = text.indexOf(REVISION, at + 1)) {
      text.write(stamp, at);
      places++;
    }
    return text;
  }
}
