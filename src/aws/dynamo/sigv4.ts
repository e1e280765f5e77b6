import { createHmac, hash } from 'node:crypto';

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

export type SignerOptions = {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  /** As it is sent and already encoded; without a query. */
  readonly path: string;
  /** Sent with every request and signed with it: `host` must be among them. Names in lower case, values without outer spaces. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Answers the headers to send, name after value after name, but for `host`, which the HTTP client writes itself. */
export type Signer = (body: Uint8Array, nowMs: number) => string[];

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** SHA-256: bytes a block, bytes a digest, characters a digest in hexadecimal. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const HEX_CHARS = 64;

/**
 * Signs POST requests that differ in body and time only (IAM User Guide, "Create a signed AWS API request"). All texts of the
 * signature have a fixed length for one set of credentials, so they stand ready in two buffers: a request costs four short
 * hashes and two copies, its body's hash aside. The key of a day is derived once.
 */
export function signer(options: SignerOptions): Signer {
  const { accessKeyId, sessionToken } = options.credentials;
  const signed: Record<string, string> = { ...options.headers, 'x-amz-date': '00000000T000000Z' };
  if (sessionToken !== undefined) signed['x-amz-security-token'] = sessionToken;
  const names = Object.keys(signed).sort();
  const signedHeaders = names.join(';');
  const canonical = template(
    `POST\n${options.path}\n\n${names.map((name) => `${name}:${signed[name]!}\n`).join('')}\n${signedHeaders}\n`,
  );
  const canonicalDateAt = canonical.indexOf('x-amz-date:00000000T000000Z\n') + 'x-amz-date:'.length;
  const constantHeaders = names.flatMap((name) =>
    name === 'host' || name === 'x-amz-date' ? [] : [name, signed[name]!],
  );

  let second = Number.NaN;
  let day = '';
  let date = '';
  let outerPad = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  let toSign = Buffer.alloc(0);
  let authorization = '';

  return (body, nowMs) => {
    const nowSecond = Math.floor(nowMs / 1000);
    if (nowSecond !== second) startSecond(nowSecond);
    canonical.write(hash('sha256', body), canonical.length - HEX_CHARS, 'latin1');
    toSign.write(hash('sha256', canonical), toSign.length - HEX_CHARS, 'latin1');
    outerPad.set(hash('sha256', toSign, 'buffer'), BLOCK_BYTES);
    return [
      ...constantHeaders,
      'x-amz-date',
      date,
      'authorization',
      authorization + hash('sha256', outerPad),
    ];
  };

  function startSecond(nowSecond: number): void {
    second = nowSecond;
    date = new Date(nowSecond * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '');
    if (date.slice(0, 8) !== day) startDay(date.slice(0, 8));
    canonical.write(date, canonicalDateAt, 'latin1');
    toSign.write(date, BLOCK_BYTES + ALGORITHM.length + 1, 'latin1');
  }

  /** Prepares what HMAC hashes: the key mixed into a block before the text, and into a block before the first digest. */
  function startDay(newDay: string): void {
    day = newDay;
    const scope = `${day}/${options.region}/${options.service}/aws4_request`;
    const key = signingKey(options, day);
    const innerPad = Buffer.alloc(BLOCK_BYTES);
    outerPad = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
    for (let k = 0; k < BLOCK_BYTES; k++) {
      innerPad[k] = (key[k] ?? 0) ^ 0x36;
      outerPad[k] = (key[k] ?? 0) ^ 0x5c;
    }
    toSign = Buffer.concat([innerPad, template(`${ALGORITHM}\n${date}\n${scope}\n`)]);
    authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=`;
  }
}

/** The text, and room for a digest behind it. */
function template(text: string): Buffer {
  return Buffer.from(text + '0'.repeat(HEX_CHARS), 'utf8');
}

function signingKey({ credentials, region, service }: SignerOptions, day: string): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
}
