import { canonicalEncoding } from '../../csv/text/encoding.ts';
import type { Format } from '../../csv/format.ts';
import type { FormatDocument } from '../schema/format.ts';
import { listOf, unlessNone } from './lists.ts';

export function formatSpec(document: FormatDocument): Format {
  const quote = unlessNone(document.quote);
  return {
    ...document,
    encoding: canonicalEncoding(document.encoding) ?? document.encoding,
    delimiter: document.delimiter === 'tab' ? '\t' : document.delimiter,
    quote,
    escape: document.escape ?? quote ?? '"',
    comment: document.comment === 'none' ? [] : listOf(document.comment),
    names: unlessNone(document.names),
    null_values: listOf(document.null_values),
    thousands: document.thousands === 'none' ? [] : listOf(document.thousands),
    true_values: listOf(document.true_values),
    false_values: listOf(document.false_values),
    date_format: listOf(document.date_format),
    datetime_format: listOf(document.datetime_format),
    time_zone: unlessNone(document.time_zone),
  };
}
