/** Which columns identify a row, by all rows of all files. */
export type KeyReport = {
  /** Best first. */
  readonly unique: readonly CheckedKey[];
  /** Unique but for a few rows. */
  readonly nearly: readonly CheckedKey[];
  /** Those that a person named. */
  readonly asked: readonly CheckedKey[];
  /** null: no key was found. */
  readonly choice: {
    readonly partition_key: string;
    readonly sort_key: string | null;
    readonly why: string;
  } | null;
  /** What was not searched, and why. */
  readonly limited: string | null;
};

export type CheckedKey = {
  readonly columns: readonly string[];
  /** Rows in which one of the columns is null. */
  readonly nulls: number;
  /** Rows whose key an earlier row has. */
  readonly repeats: number;
  /** Of these, rows whose earlier row is in another file. */
  readonly acrossFiles: number;
  readonly first: { readonly earlier: RowPlace; readonly later: RowPlace } | null;
};

export type RowPlace = { readonly file: string; readonly line: number };
