import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { callError } from '../aws/call-error.ts';
import { type Dataset, parseDatasets } from '../core/dataset.ts';
import { SluiceError } from '../core/errors.ts';

/**
 * Reads the datasets document, which Terraform and the local stack put into the code bucket. Throws
 * `configuration-invalid` where it is not there, cannot be read or is not JSON, `access-denied` and its kind where the
 * call itself fails, `dataset-invalid` for what the document says.
 */
export async function readDatasetsDocument(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Promise<readonly Dataset[]> {
  let document: unknown;
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    document = JSON.parse((await Body?.transformToString()) ?? '');
  } catch (cause) {
    const known = callError(cause, { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${key}` });
    if (known !== undefined) throw known;
    throw new SluiceError(
      'configuration-invalid',
      `The datasets document s3://${bucket}/${key} cannot be read (${cause instanceof Error ? cause.message : String(cause)}). Deploy again: that writes it.`,
      { data: { bucket, key }, cause },
    );
  }
  return parseDatasets(document as Record<string, unknown>);
}
