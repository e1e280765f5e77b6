import type { ObjectRef } from '../../core/imports/import.ts';
import type { Source } from '../../core/ports.ts';

/** A file to read: a name for people, and where its bytes are. */
export type InferFile = { readonly name: string; readonly object: ObjectRef; readonly source: Source };
