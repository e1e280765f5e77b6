/** What becomes of an import by an error. */
export type Consequence =
  /** The import fails: no retry can succeed. */
  | 'fails'
  /** A deployment that takes effect may bring what is missing: the import waits for it for a few minutes, then fails. */
  | 'waits'
  /** The message or the event is retried. After its last attempt the import is `stalled`. */
  | 'retried'
  /** The import ends: a newer version of its object is loaded. */
  | 'superseded'
  /** There is nothing to load: the object is ignored, or its import is done without rows. */
  | 'nothing'
  /** No import is affected: a command, the function or the local stack cannot begin. */
  | 'none';

/** `meaning` and `remedy` are Markdown for `docs/errors.md`, which `npm run docs` generates. */
export type CodeEntry = { readonly meaning: string; readonly remedy: string };
