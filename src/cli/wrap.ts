/**
 * The text in lines of at most `width` columns (null: one line), each behind the indent. A word that is too long for a line, such as
 * a path, stays whole: it is there to be copied.
 */
export function wrap(text: string, width: number | null, indent: string): string[] {
  if (width === null) return [indent + text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}
