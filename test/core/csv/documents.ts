import fc from 'fast-check';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';

type QuotedFormat = Format & { readonly quote: string };

const formats: fc.Arbitrary<QuotedFormat> = fc.constantFrom(
  { ...DEFAULT_FORMAT, delimiter: ',', quote: '"', escape: '"', trim: false, stray_quotes: 'reject' },
  { ...DEFAULT_FORMAT, delimiter: ';', quote: '"', escape: '"', trim: false, stray_quotes: 'reject' },
  { ...DEFAULT_FORMAT, delimiter: '\t', quote: "'", escape: "'", trim: false, stray_quotes: 'literal' },
  { ...DEFAULT_FORMAT, delimiter: '|', quote: '"', escape: '\\', trim: false, stray_quotes: 'reject' },
  { ...DEFAULT_FORMAT, delimiter: ',', quote: '"', escape: '"', trim: false, stray_quotes: 'literal' },
);

const fieldTexts = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.constantFrom('"', "'", ',', ';', '\t', '|', '\\', '\n', '\r', '\r\n', 'x', ' ', 'é', '漢', '🙂'),
        { maxLength: 8 },
      )
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 8 }),
  },
);

const lineEnds = fc.constantFrom('\n', '\r\n', '\r');

/** A CSV document, the fields that it was written from, and its format: well-formed, in every manner that the format allows. */
export const documents = fc
  .record({
    format: formats,
    records: fc.array(
      fc.record({
        fields: fc.array(fc.record({ text: fieldTexts, quoted: fc.boolean() }), {
          minLength: 1,
          maxLength: 6,
        }),
        lineEnd: lineEnds,
      }),
      { maxLength: 8 },
    ),
    endsWithLineEnd: fc.boolean(),
  })
  .map(({ format, records, endsWithLineEnd }) => {
    const written = records.map(({ fields }) =>
      fields.map((field) => writeField(field, format)).join(format.delimiter),
    );
    const text = written
      .map((record, index) => {
        // Without its line end an empty last record would not be there.
        const isLast = index === records.length - 1;
        return (
          record +
          (isLast && !endsWithLineEnd && record !== ''
            ? ''
            : lineEndBefore(records[index]!.lineEnd, written[index + 1]))
        );
      })
      .join('');
    return { format, text, records: records.map(({ fields }) => fields.map((field) => field.text)) };
  });

/** CR before an empty line that ends with LF would be one CRLF. */
function lineEndBefore(lineEnd: string, following: string | undefined): string {
  return lineEnd === '\r' && (following === '' || following?.startsWith('\n')) ? '\r\n' : lineEnd;
}

function writeField(
  { text, quoted }: { text: string; quoted: boolean },
  { delimiter, quote, escape, stray_quotes }: QuotedFormat,
): string {
  const needsQuotes =
    (stray_quotes === 'reject' ? text.includes(quote) : text.startsWith(quote)) ||
    [delimiter, '\n', '\r'].some((character) => text.includes(character));
  if (!quoted && !needsQuotes) return text;
  const escaped = escape === quote ? text : text.replaceAll(escape, escape + escape);
  return quote + escaped.replaceAll(quote, escape + quote) + quote;
}
