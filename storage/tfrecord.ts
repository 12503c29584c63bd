/**
 * @file TFRecord framing, the container of TensorBoard's event files.
 *
 * A record is its length (u64), the masked CRC of those eight bytes, the payload, and the payload's
 * masked CRC, little-endian (tensorflow.org/tutorials/load_data/tfrecord).
 */

/** CRC-32C (Castagnoli) table of the reflected polynomial, by byte. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  return remainder;
});

/** The CRC-32C of some bytes, as in iSCSI (RFC 3720); an integer in [0, 2³²). */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ REMAINDERS[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

/** A payload framed as a record. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + payload.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(payload.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(payload, 12);
  view.setUint32(12 + payload.length, maskedCrc(payload), true);
  return record;
}

/** Masked, because a CRC of data that contains CRCs is weak. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
