import * as z from 'zod';
import { SluiceError } from '../core/errors.ts';
import type { ObjectRef } from '../core/imports/import.ts';

/** What an S3 notification says: objects that came to be, or the message by which S3 tries out a new notification. */
export type S3Event =
  | { readonly kind: 'test' }
  | { readonly kind: 'objects'; readonly objects: readonly ObjectRef[] };

/** The fields that count, of 'Event message structure' (Amazon S3 User Guide); S3 adds others in minor versions. */
const record = z.object({
  eventName: z.string(),
  /** When S3 finished processing the request. */
  eventTime: z.string().optional(),
  s3: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      /** Absent where the event is about a deletion. */
      size: z.int().min(0).optional(),
      eTag: z.string().optional(),
      versionId: z.string().nullish(),
      sequencer: z.string().nullish(),
    }),
  }),
});

const notification = z.object({ Records: z.array(record).min(1) });
const test = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * Reads an S3 event notification. Keys are decoded to what a person types; records other than `ObjectCreated:*` are
 * left out. Throws `event-invalid` for anything else than a notification, naming the field that is wrong.
 */
export function parseS3Event(event: unknown): S3Event {
  if (test.safeParse(event).success) return { kind: 'test' };
  const parsed = notification.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.map(String).join('.') || 'the event'}: ${issue?.message}`, event);
  }
  const created = parsed.data.Records.filter(({ eventName }) => isCreation(eventName));
  return { kind: 'objects', objects: created.map((one) => objectRef(one, event)) };
}

/** S3 writes `ObjectCreated:Put`; some that speak its language write `s3:ObjectCreated:Put`, as the filters are written. */
function isCreation(eventName: string): boolean {
  return /^(s3:)?ObjectCreated:/.test(eventName);
}

function objectRef({ eventTime, s3: { bucket, object } }: z.infer<typeof record>, event: unknown): ObjectRef {
  if (object.size === undefined) throw invalid(`the size of '${object.key}' is missing`, event);
  if (!object.eTag) throw invalid(`the eTag of '${object.key}' is missing`, event);
  return {
    bucket: bucket.name,
    key: decodeKey(object.key, event),
    versionId: versionOf(object.versionId),
    etag: object.eTag.replace(/^"(.*)"$/, '$1'),
    sizeBytes: object.size,
    sequencer: object.sequencer || null,
    ...uploadTime(eventTime),
  };
}

/** In UTC; some that speak S3's language leave the Z out. A time that cannot be read counts as none: the file is loaded all the same. */
function uploadTime(text: string | undefined): { uploadedAtMs?: number } {
  if (text === undefined) return {};
  const atMs = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(atMs) ? {} : { uploadedAtMs: atMs };
}

/**
 * 'null' is the version id of every object that is put while versioning is suspended: it tells no version from
 * another, so it counts as none and the ETag decides.
 */
function versionOf(versionId: string | null | undefined): string | null {
  return !versionId || versionId === 'null' ? null : versionId;
}

/** Keys are form-encoded: a space is `+`, a plus sign `%2B`, the rest percent-encoded UTF-8. */
function decodeKey(key: string, event: unknown): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw invalid(`the key '${key}' is not URL-encoded UTF-8`, event);
  }
}

function invalid(problem: string, event: unknown): SluiceError {
  return new SluiceError(
    'event-invalid',
    `The function was invoked with something that is not an S3 event notification (${problem}). Invoke it by the bucket's notification only.`,
    { data: { problem, event: JSON.stringify(event)?.slice(0, 1000) } },
  );
}
