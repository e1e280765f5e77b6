import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/core/errors.ts';
import { parseS3Event } from '../../src/lambda/s3-event.ts';

/** As the page 'Event message structure' shows it, with what the tests vary. */
function record(object: Record<string, unknown> = {}, eventName = 'ObjectCreated:Put'): unknown {
  return {
    eventVersion: '2.5',
    eventSource: 'aws:s3',
    awsRegion: 'us-west-2',
    eventTime: '2026-11-23T12:00:00.000Z',
    eventName,
    userIdentity: { principalId: 'AIDAJDPLRKLG7UEXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'people',
      bucket: {
        name: 'sluice-source',
        ownerIdentity: { principalId: 'A3' },
        arn: 'arn:aws:s3:::sluice-source',
      },
      object: {
        key: 'people/a.csv',
        size: 1024,
        eTag: 'd41d8cd98f00b204e9800998ecf8427e',
        versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
        sequencer: '0055AED6DCD90281E5',
        ...object,
      },
    },
  };
}

function objects(...records: unknown[]) {
  const event = parseS3Event({ Records: records });
  if (event.kind !== 'objects') throw new Error(`expected objects, not ${event.kind}`);
  return event.objects;
}

function formEncode(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

describe('an S3 event', () => {
  it('names the object version that came to be', () => {
    expect(objects(record())).toEqual([
      {
        bucket: 'sluice-source',
        key: 'people/a.csv',
        versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
        etag: 'd41d8cd98f00b204e9800998ecf8427e',
        sizeBytes: 1024,
        sequencer: '0055AED6DCD90281E5',
        uploadedAtMs: Date.UTC(2026, 10, 23, 12),
      },
    ]);
  });

  it.each([
    ['a time in UTC', '2026-11-23T12:00:00.000Z', Date.UTC(2026, 10, 23, 12)],
    ['a time without its Z', '2026-11-23T12:00:00', Date.UTC(2026, 10, 23, 12)],
    ['a time with an offset', '2026-11-23T12:00:00+01:00', Date.UTC(2026, 10, 23, 11)],
    ['no time that can be read', 'yesterday', undefined],
    ['no time', undefined, undefined],
  ])('says when the object was uploaded: %s', (_, eventTime, uploadedAtMs) => {
    expect(objects({ ...(record() as object), eventTime })[0]?.uploadedAtMs).toBe(uploadedAtMs);
  });

  it.each([
    ['a space', 'people/my+file.csv', 'people/my file.csv'],
    ['a plus sign', 'people/1%2B1.csv', 'people/1+1.csv'],
    ['unicode', 'people/%E4%BA%BA%C3%A9.csv', 'people/人é.csv'],
    ['a slash that is encoded', 'people%2Fa.csv', 'people/a.csv'],
    ['a percent sign', 'people/100%25.csv', 'people/100%.csv'],
  ])('has its key decoded: %s', (_, encoded, decoded) => {
    expect(objects(record({ key: encoded }))[0]?.key).toBe(decoded);
  });

  it('gives back every key that S3 can encode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        expect(objects(record({ key: formEncode(key) }))[0]?.key).toBe(key);
      }),
    );
  });

  it.each([undefined, null, '', 'null'])(
    'has no version where versioning is off or suspended: %j',
    (versionId) => {
      expect(objects(record({ versionId }))[0]?.versionId).toBeNull();
    },
  );

  it('has no sequencer where S3 gives none', () => {
    expect(objects(record({ sequencer: undefined }))[0]?.sequencer).toBeNull();
  });

  it('has its ETag without quotes', () => {
    expect(objects(record({ eTag: '"abc-2"' }))[0]?.etag).toBe('abc-2');
  });

  it('may carry several records, of which only creations are objects to load', () => {
    const keys = objects(
      record({ key: 'a' }),
      record({ key: 'b', size: undefined, eTag: undefined }, 'ObjectRemoved:DeleteMarkerCreated'),
      record({ key: 'c' }, 'ObjectCreated:CompleteMultipartUpload'),
      record({ key: 'd' }, 's3:ObjectCreated:Copy'),
      record({ key: 'e' }, 'ObjectTagging:Put'),
    ).map(({ key }) => key);
    expect(keys).toEqual(['a', 'c', 'd']);
  });

  it('is told from the message by which S3 tries a notification out', () => {
    expect(
      parseS3Event({
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: '2026-11-23T12:00:00.000Z',
        Bucket: 'sluice-source',
        RequestId: '5582815E1AEA5ADF',
        HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
      }),
    ).toEqual({ kind: 'test' });
  });

  it.each([
    ['nothing', undefined, 'the event'],
    ['a text', 'hello', 'the event'],
    ['no records', {}, 'Records'],
    ['an empty list of records', { Records: [] }, 'Records'],
    [
      'a record without an object',
      { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' } } }] },
      'Records.0.s3.object',
    ],
    ['a negative size', { Records: [record({ size: -1 })] }, 'Records.0.s3.object.size'],
    ['an object without a size', { Records: [record({ size: undefined })] }, 'size'],
    ['an object without an ETag', { Records: [record({ eTag: undefined })] }, 'eTag'],
    ['a key that is not URL-encoded', { Records: [record({ key: 'people/%E4%ZZ.csv' })] }, '%E4%ZZ'],
  ])('is refused when it is not one: %s', (_, event, where) => {
    const refused = (): unknown => parseS3Event(event);
    expect(refused).toThrow(SluiceError);
    expect(refused).toThrow(expect.objectContaining({ code: 'event-invalid' }));
    expect(refused).toThrow(where);
  });
});
