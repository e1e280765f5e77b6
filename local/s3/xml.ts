import { refusal } from '../endpoint/refusal.ts';

/** The content of an element to write: text, or elements by name (a list: one element for each entry). */
export type XmlContent =
  | string
  | number
  | boolean
  | { readonly [name: string]: XmlContent | readonly XmlContent[] | undefined };

/** A parsed element. `text` is its own text, without that of its children. */
export type XmlElement = {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
};

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function writeXml(root: string, content: XmlContent, isInNamespace = true): string {
  const attribute = isInNamespace ? ` xmlns="${namespace}"` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${writeContent(content)}</${root}>`;
}

function writeContent(content: XmlContent): string {
  if (typeof content !== 'object') return escapeXml(String(content));
  return Object.entries(content)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one: XmlContent | undefined) =>
        one === undefined ? '' : `<${name}>${writeContent(one)}</${name}>`,
      ),
    )
    .join('');
}

/** Control characters go out as references, as S3 writes them, though XML 1.0 forbids them: hence `encoding-type=url`. */
function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[&<>"\u0000-\u001f]/g, (character) => entities[character] ?? `&#x${hex(character)};`);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function hex(character: string): string {
  return character.codePointAt(0)!.toString(16);
}

/** Reads the plain XML of S3's requests: elements and text. Attributes, comments and the declaration are skipped. */
export function readXml(text: string): XmlElement {
  type Open = { name: string; text: string; children: XmlElement[] };
  const top: Open = { name: '', text: '', children: [] };
  const open: Open[] = [top];
  const token = /<\?[^]*?\?>|<!--[^]*?-->|<(\/?)([\w:.-]+)((?:\s[^<>]*?)?)(\/?)>|[^<]+|</g;
  for (const [whole, slash, name, , selfClosing] of text.matchAll(token)) {
    const current = open.at(-1)!;
    if (whole === '<') throw malformed();
    if (name === undefined) {
      if (!whole.startsWith('<')) current.text += unescapeXml(whole);
    } else if (slash === '/') {
      if (current.name !== name || open.length === 1) throw malformed();
      open.pop();
    } else {
      const element: Open = { name, text: '', children: [] };
      current.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  const [root] = top.children;
  if (open.length !== 1 || top.children.length !== 1 || root === undefined) throw malformed();
  return root;
}

export function childText(element: XmlElement, name: string): string | null {
  return element.children.find((child) => child.name === name)?.text ?? null;
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, reference: string) => {
    if (reference.startsWith('#x')) return character(Number.parseInt(reference.slice(2), 16));
    if (reference.startsWith('#')) return character(Number(reference.slice(1)));
    return named.get(reference) ?? whole;
  });
}

function character(codePoint: number): string {
  if (codePoint > 0x10ffff) throw malformed();
  return String.fromCodePoint(codePoint);
}

const named = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));

function malformed(): Error {
  return refusal(400, 'MalformedXML', 'The XML you provided was not well-formed.');
}
