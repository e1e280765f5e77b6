/** An incremental cyclic redundancy check; `digest` returns its bytes, the most significant first. */
export type Crc = { update(bytes: Uint8Array): void; digest(): Buffer };

/** Both polynomials are bit-reversed: as 'high' and 'low' 32 bits. (CRC-32C: RFC 3720; CRC-64/NVME: NVM Express.) */
const crc32cTable = createTable(0, 0x82f63b78);
const crc64Table = createTable(0x9a6c9329, 0xac4bc9b5);

export function createCrc32c(): Crc {
  const crc = createCrc(crc32cTable, 0);
  return { update: (bytes) => crc.update(bytes), digest: () => crc.digest().subarray(4) };
}

export function createCrc64Nvme(): Crc {
  return createCrc(crc64Table, 0xffffffff);
}

type Table = { readonly high: Uint32Array; readonly low: Uint32Array };

/** The change of the register by each byte. Numbers of 64 bits are in two halves, because BigInt is far slower. */
function createTable(polynomialHigh: number, polynomialLow: number): Table {
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) {
        low ^= polynomialLow;
        high ^= polynomialHigh;
      }
    }
    table.high[byte] = high;
    table.low[byte] = low;
  }
  return table;
}

function createCrc(table: Table, initialHigh: number): Crc {
  let high = initialHigh;
  let low = 0xffffffff;
  return {
    update(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        const index = (low ^ bytes[i]!) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ table.low[index]!;
        high = (high >>> 8) ^ table.high[index]!;
      }
    },
    digest() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE((high ^ initialHigh) >>> 0, 0);
      bytes.writeUInt32BE(~low >>> 0, 4);
      return bytes;
    },
  };
}
