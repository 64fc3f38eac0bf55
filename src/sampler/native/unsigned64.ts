/**
 * Reads an unsigned integer of 64 bits, low byte first as on every machine with macOS or Windows. Beyond 2^53 it is not
 * exact.
 *
 * @throws RangeError when it does not lie within the bytes
 */
export function readUnsigned64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4) * 2 ** 32 + bytes.readUInt32LE(offset);
}
