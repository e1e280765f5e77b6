/**
 * The only way to the terminal: commands print by these functions, and the linter refuses `console` and the process's
 * streams elsewhere in this folder. Keys, cells, names and log lines come from files that anyone may have written; an escape sequence
 * in them could rewrite the screen, and a bidirectional override could show another name than the real one.
 */

/** Prints one line on standard output: a line break in the text is data, and shows as `\n`. */
export function print(line: string): void {
  console.log(terminalText(line));
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  // Characters that JSON does not escape can only be inside strings, where an escape means the same.
  print(JSON.stringify(value));
}

/** Prints on standard error. Later lines are indented, so they cannot look like another message. */
export function printError(message: string): void {
  const [first = '', ...others] = message.split('\n');
  for (const line of [first, ...others.map((other) => `  ${other}`)]) {
    console.error(terminalText(line));
  }
}

/** Control characters (C0, DEL, C1), line and paragraph separators, and Unicode's bidirectional controls. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The text with every character that could act on a terminal written as JSON escapes it: `\n`, `\u001b`, `\u202e`. */
export function terminalText(text: string): string {
  return text.replace(
    unsafe,
    (character) => short[character] ?? `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The columns of standard output; null: it is not a terminal, and lines may have any length. */
export function terminalWidth(): number | null {
  return process.stdout.isTTY ? process.stdout.columns : null;
}

/** Ends the process quietly when the reader of standard output has closed it, as `| head` does. */
export function exitOnClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

/** Whether standard error is a terminal, so that a line can be rewritten. */
export function isErrorTerminal(): boolean {
  return process.stderr.isTTY;
}

/** Whether a person types what is read from standard input. */
export function isInputTerminal(): boolean {
  return process.stdin.isTTY;
}
