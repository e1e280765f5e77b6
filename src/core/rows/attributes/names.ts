/** Where an expression finds a value: a slot, and a path into a value of JSON. */
export type Source = { readonly slot: number; readonly path: readonly string[] };

/** What templates can refer to. */
export type Names = {
  /** Throws `column-missing` for a name that neither the header nor the dataset has. */
  source(name: string): Source;
  /** A date in another format (`date:` of templates), as epoch seconds, … : what `store` of a column can be. */
  dateText(name: string, store: string): Source;
};
