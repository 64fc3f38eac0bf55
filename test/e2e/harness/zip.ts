import fs from 'node:fs';
import zlib from 'node:zlib';

/** A file in a ZIP archive. */
export interface ZipEntry {
  readonly name: string;
  /** Size of the content, in bytes. */
  readonly size: number;
  /** The content. */
  read(): Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;

/**
 * Lists a ZIP archive (APPNOTE 6.3, without ZIP64, comments and encryption, which a VSIX does not have).
 *
 * @throws Error when the file is not such an archive
 */
export function readZip(file: string): ZipEntry[] {
  const archive = fs.readFileSync(file);
  const end = archive.length - 22;
  if (end < 0 || archive.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('Not a ZIP archive');
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let i = archive.readUInt16LE(end + 10); i > 0; i--) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Error('The directory of the archive is broken');
    const nameLength = archive.readUInt16LE(at + 28);
    const packed = { method: archive.readUInt16LE(at + 10), size: archive.readUInt32LE(at + 20) };
    const header = archive.readUInt32LE(at + 42);
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      size: archive.readUInt32LE(at + 24),
      read: () => {
        const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
        const content = archive.subarray(start, start + packed.size);
        return packed.method === STORED ? content : zlib.inflateRawSync(content);
      },
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
