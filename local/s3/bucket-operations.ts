import { refusal } from '../endpoint/refusal.ts';
import { type Answer, type Call, bucketOf, empty, xml } from './answer.ts';
import { childText, readXml } from './xml.ts';

export async function listBuckets({ store, region, request }: Call): Promise<Answer> {
  const prefix = request.query.get('prefix') ?? '';
  const buckets = store.list().filter(({ name }) => name.startsWith(prefix));
  return xml('ListAllMyBucketsResult', {
    Owner: { ID: 'LOCAL', DisplayName: 'local' },
    Buckets: {
      Bucket: buckets.map(({ name, createdAtMs }) => ({
        Name: name,
        CreationDate: new Date(createdAtMs).toISOString(),
        BucketRegion: region,
      })),
    },
  });
}

/** Creating an existing bucket is no error, as in us-east-1. */
export async function createBucket({ request, store }: Call): Promise<Answer> {
  const name = request.bucket ?? '';
  // The body may name a region, which has no effect here.
  const body = await request.text();
  if (body !== '') readXml(body);
  await store.create(name);
  return empty(200, { location: `/${name}` });
}

export async function headBucket(call: Call): Promise<Answer> {
  bucketOf(call);
  return empty(200, { 'x-amz-bucket-region': call.region });
}

export async function deleteBucket({ request, store }: Call): Promise<Answer> {
  await store.delete(request.bucket ?? '');
  return empty(204);
}

/** The answer for us-east-1 is an empty element. */
export async function getBucketLocation(call: Call): Promise<Answer> {
  bucketOf(call);
  return xml('LocationConstraint', call.region === 'us-east-1' ? '' : call.region);
}

export async function getBucketVersioning(call: Call): Promise<Answer> {
  const versioning = bucketOf(call).versioning();
  if (versioning === 'unversioned') return xml('VersioningConfiguration', {});
  return xml('VersioningConfiguration', { Status: versioning === 'enabled' ? 'Enabled' : 'Suspended' });
}

export async function putBucketVersioning(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const status = childText(readXml(await call.request.text()), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') {
    throw refusal(400, 'IllegalVersioningConfigurationException', 'The status must be Enabled or Suspended.');
  }
  await bucket.setVersioning(status === 'Enabled' ? 'enabled' : 'suspended');
  return empty(200);
}
