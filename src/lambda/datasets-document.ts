import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { callError } from '../aws/call-error.ts';
import { type Dataset, type InvalidDataset, readDatasets } from '../core/dataset/dataset.ts';
import { SluiceError } from '../core/errors.ts';

const schema = z.object({ datasets: z.array(z.unknown()) });

/**
 * Reads the resolved datasets, which Terraform and the local stack put into the code bucket. One that this function cannot read,
 * because another version of Sluice wrote it, takes no other along. Throws `configuration-invalid` where the object is missing,
 * cannot be read or is not what the build writes, `access-denied` and its kind where the call itself fails.
 */
export async function readDatasetsDocument(
  client: S3Client,
  { bucket, key, version }: { readonly bucket: string; readonly key: string; readonly version: string },
): Promise<readonly (Dataset | InvalidDataset)[]> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version });
    const { Body } = await client.send(command);
    const document: unknown = JSON.parse((await Body?.transformToString()) ?? '');
    return readDatasets(schema.parse(document).datasets);
  } catch (cause) {
    const known = callError(cause, {
      action: 's3:GetObjectVersion',
      resource: `arn:aws:s3:::${bucket}/${key}`,
    });
    if (known !== undefined) throw known;
    const why =
      cause instanceof z.ZodError
        ? 'it has no datasets'
        : cause instanceof Error
          ? cause.message
          : String(cause);
    throw new SluiceError(
      'configuration-invalid',
      `The datasets document s3://${bucket}/${key} (version ${version}) cannot be read: ${why}. Run npm run build and deploy again: that writes it.`,
      { data: { bucket, key, version }, cause },
    );
  }
}
