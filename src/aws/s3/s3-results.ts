import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SluiceError } from '../../core/errors.ts';
import type { Results } from '../../core/ports.ts';
import { callError, errorName } from '../call-error.ts';

/**
 * Reject files and reports as objects of a bucket; `put` answers `s3://bucket/name`. Throws `results-missing`, or what
 * `callError` makes of a call that failed; other errors of the SDK as they are.
 */
export function s3Results({ client, bucket }: { client: S3Client; bucket: string }): Results {
  return {
    async put(name, body, contentType) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: name,
        Body: body,
        ContentType: contentType,
      });
      try {
        await client.send(command);
      } catch (error) {
        if (errorName(error) === 'NoSuchBucket') {
          throw new SluiceError(
            'results-missing',
            `The results bucket '${bucket}' does not exist, so ${name} could not be stored. Deploy Sluice (terraform apply), or name the bucket in SLUICE_RESULTS_BUCKET.`,
            { data: { bucket, name }, cause: error },
          );
        }
        throw (
          callError(error, { action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/${name}` }) ?? error
        );
      }
      return `s3://${bucket}/${name}`;
    },
  };
}
