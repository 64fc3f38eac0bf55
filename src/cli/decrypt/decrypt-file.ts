import fs from 'node:fs';
import path from 'node:path';
import { type Content, SEALED_SUFFIX } from '../../sync/envelope/content.ts';
import { type OpeningKeys, unseal } from '../../sync/envelope/unseal.ts';
import { LARGEST_SEGMENT, unpack } from '../../sync/segments/pack.ts';
import { parquetToCsv } from '../../sync/segments/parquet-to-csv.ts';
import { SegmentFormatError } from '../../sync/segments/segment-format-error.ts';
import { NewFile } from './new-file.ts';

/** What can be asked for. */
export type Format = 'csv' | 'parquet';

export interface DecryptOptions {
  readonly keys: OpeningKeys;
  /** Folder to write to. */
  readonly folder: string;
  /** What to write; what the file holds when left out. Parquet becomes CSV, and nothing else becomes anything else. */
  readonly format: Format | undefined;
  /** Told of a file before anything is written to it, so that it can be removed when the process is ended. */
  readonly onBegin: (file: NewFile) => void;
}

/** The file holds something else than was asked for. */
export class WrongContentError extends Error {
  override readonly name = 'WrongContentError';
}

/** The folders that say what a segment is of; nothing that leads elsewhere is one. */
const PARTITIONS = [/^study=[a-z0-9_-]{1,64}$/, /^device=[0-9a-f]{32}$/, /^date=\d{4}-\d\d-\d\d$/];

/**
 * Opens a sealed file and writes what it holds; a segment that lies in `study=…/device=…/date=…` into folders of the same names.
 * Rejects, and leaves no file, with an EnvelopeError when it cannot be opened, with a {@link WrongContentError}, with a
 * SegmentFormatError when it cannot be made into CSV, or with the system's error.
 *
 * @returns path of what was written
 */
export async function decryptFile(file: string, options: DecryptOptions): Promise<string> {
  const source = fs.createReadStream(file, { highWaterMark: 2 ** 18 });
  let output: NewFile | undefined;
  try {
    const { content, plaintext } = await unseal(source as AsyncIterable<Buffer>, options.keys);
    const written = writtenContent(content, options.format);
    const folder = path.join(options.folder, ...partitionsOf(file));
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = path.join(folder, outputName(path.basename(file), written));
    output = new NewFile(target);
    options.onBegin(output);
    for await (const bytes of converted(plaintext, content, written)) output.write(bytes);
    output.complete();
    return target;
  } finally {
    source.destroy();
    output?.discard();
  }
}

/** The name without the ending of sealed files, and with that of what is written. */
export function outputName(name: string, content: Content): string {
  const plain = name.endsWith(SEALED_SUFFIX) ? name.slice(0, -SEALED_SUFFIX.length) : name;
  const ending = content === 'bytes' ? '' : `.${content}`;
  const named = plain.endsWith(ending) ? plain : `${plain}${ending}`;
  // A name that says nothing of either would be that of the sealed file itself.
  return named === name || named === '' ? `${name}.opened` : named;
}

function writtenContent(content: Content, format: Format | undefined): Exclude<Content, 'parquet.gz'> {
  const held = content === 'parquet.gz' ? 'parquet' : content;
  if (format === undefined || format === held) return held;
  if (held === 'parquet') return format;
  throw new WrongContentError(`it holds ${held}, not ${format}; leave --format out to have that`);
}

/** The folders of a segment's path; none where it does not lie in such. */
function partitionsOf(file: string): string[] {
  const folders = path.resolve(path.dirname(file)).split(path.sep).slice(-PARTITIONS.length);
  return PARTITIONS.every((pattern, at) => pattern.test(folders[at] ?? '')) ? folders : [];
}

async function* converted(
  plaintext: AsyncIterable<Uint8Array>,
  content: Content,
  written: Content,
): AsyncGenerator<Uint8Array> {
  if (content === written) {
    for await (const bytes of plaintext) yield bytes;
    return;
  }
  const whole = await collect(plaintext);
  const parquet = content === 'parquet.gz' ? unpack(whole) : whole;
  if (written === 'parquet') yield parquet;
  else for await (const text of parquetToCsv(parquet)) yield Buffer.from(text);
}

/** All of it, once it is known to be complete. */
async function collect(plaintext: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of plaintext) {
    size += piece.length;
    if (size > LARGEST_SEGMENT) throw new SegmentFormatError('it is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
