import { expect, test } from 'vitest';
import { createCrc32c, createCrc64Nvme } from '../../../local/s3/crc.ts';

/** The check values of the catalogue of parametrised CRC algorithms: of the digits 1 to 9. */
test.each([
  ['CRC-32C', createCrc32c, 'e3069283'],
  ['CRC-64/NVME', createCrc64Nvme, 'ae8b14860a799888'],
])('%s has its check value, in one piece or in many', (_name, create, expected) => {
  const digits = Buffer.from('123456789');
  const whole = create();
  whole.update(digits);
  expect(whole.digest().toString('hex')).toBe(expected);

  const pieces = create();
  for (const digit of digits) pieces.update(Buffer.from([digit]));
  expect(pieces.digest().toString('hex')).toBe(expected);
});
