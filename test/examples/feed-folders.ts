import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FEEDS = join(import.meta.dirname, '../../examples/feeds');

/** What `items.json` of a folder promises. */
export type Expected = {
  readonly rows: {
    readonly read: number;
    readonly loaded: number;
    readonly skipped: number;
    readonly rejected: number;
  };
  /** In the order of the file; `column` is the header's name. */
  readonly rejects: readonly { readonly line: number; readonly column: string; readonly code: string }[];
  /** Items in DynamoDB JSON. */
  readonly items: readonly Record<string, unknown>[];
};

export type FeedFolder = {
  /** Of the folder and of its document. */
  readonly name: string;
  readonly path: string;
  /** The exported file's name and bytes. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly document: string;
  readonly expected: Expected;
};

const OURS = /\.(yaml|json|ts)$/;

/** All folders of examples/feeds. Throws for one that does not have exactly one exported file. */
export const feedFolders: readonly FeedFolder[] = readdirSync(FEEDS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const path = join(FEEDS, name);
    const files = readdirSync(path).filter((file) => !OURS.test(file));
    const [file] = files;
    if (file === undefined || files.length > 1) throw new Error(`${path} has ${files.length} exported files`);
    return {
      name,
      path,
      file,
      bytes: readFileSync(join(path, file)),
      document: readFileSync(join(path, `${name}.yaml`), 'utf8'),
      expected: JSON.parse(readFileSync(join(path, 'items.json'), 'utf8')) as Expected,
    };
  });

export function feedFolder(name: string): FeedFolder {
  const folder = feedFolders.find((feed) => feed.name === name);
  if (folder === undefined) throw new Error(`examples/feeds has no folder ${name}`);
  return folder;
}
