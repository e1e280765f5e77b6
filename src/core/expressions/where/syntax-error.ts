/** Tokens of CEL by the names that the library has for them. */
const TOKENS: Readonly<Record<string, string>> = {
  RPAREN: ')',
  RBRACKET: ']',
  RBRACE: '}',
  LPAREN: '(',
  COLON: ':',
  COMMA: ',',
};

/** What the library says of an expression that it cannot read, in words of people. `at`: the place that it names. */
export function syntaxError(text: string, expression: string, at: number): string {
  const expected = /^Expected (\w+), got (\w+)/.exec(text);
  if (expected !== null) {
    const token = TOKENS[expected[1]!] ?? expected[1]!;
    return expected[2] === 'EOF'
      ? `'${token}' is missing at the end`
      : `'${token}' is missing before ${found()}`;
  }
  if (text === 'Unexpected token: EOF') return 'it ends too early: a value or a closing bracket is missing';
  if (text === 'Unterminated string') return 'a text has no closing quote';
  return /^Unexpected (token|character)/.test(text) ? `${found()} cannot stand here` : text;

  function found(): string {
    return `'${/^(\w+|[<>=!&|]+|.)/su.exec(expression.slice(at))?.[0] ?? ''}'`;
  }
}
