const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** CRC-32 as in gzip and zip (ISO 3309), as an unsigned number. Node has it only from 20.15 on. */
export function crc32(bytes: Uint8Array): number {
  let sum = -1;
  let at = 0;
  // Not for…of, which takes several times as long before the compiler for hot code has seen it.
  while (at < bytes.length) sum = (sum >>> 8) ^ (TABLE[(sum ^ (bytes[at++] ?? 0)) & 0xff] ?? 0);
  return (sum ^ -1) >>> 0;
}
