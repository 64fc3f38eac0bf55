/**
 * Messages by which the extension gets what a dashboard shows: it asks with {@link ExportRequest}, and the webview answers with
 * chunks and an end, or with the reason why not. A webview is not trusted to keep to that: see {@link ExportCollector}.
 */

/** `png`: a picture. `csv`: the values, RFC 4180. `markdown`: a summary. Both texts are UTF-8. */
export type ExportKind = 'png' | 'csv' | 'markdown';

/** Asks for what is shown. */
export interface ExportRequest {
  readonly type: 'export';
  /** Number that the answers carry. */
  readonly request: number;
  readonly kind: ExportKind;
}

/** `empty`: nothing is shown. `large`: more than {@link MOST_EXPORT_BYTES}. `failed`: the browser could not make it. */
export type ExportFault = 'empty' | 'large' | 'failed';

/** What the webview answers. */
export type ExportAnswer =
  | { readonly type: 'exportChunk'; readonly request: number; readonly bytes: Uint8Array }
  | { readonly type: 'exportEnd'; readonly request: number }
  | { readonly type: 'exportFailed'; readonly request: number; readonly fault: ExportFault };

/** Bytes of a chunk at most: a message of this size holds nothing up for long, also on a slow line to a remote machine. */
export const EXPORT_CHUNK_BYTES = 262_144;

/** Bytes of one export at most. A month of all columns of a large machine is far below. */
export const MOST_EXPORT_BYTES = 64 * 1_048_576;

const KINDS: readonly unknown[] = ['png', 'csv', 'markdown'] satisfies ExportKind[];
const FAULTS: readonly unknown[] = ['empty', 'large', 'failed'] satisfies ExportFault[];

/** Whether a record with `type` `export` is an {@link ExportRequest}. */
export function isExportRequest(value: Readonly<Record<string, unknown>>): boolean {
  return isNumber(value['request']) && KINDS.includes(value['kind']);
}

/** Whether a record is an {@link ExportAnswer}. */
export function isExportAnswer(value: Readonly<Record<string, unknown>>): boolean {
  const { type, request, bytes, fault } = value;
  if (!isNumber(request)) return false;
  return (
    (type === 'exportChunk' && bytes instanceof Uint8Array && bytes.byteLength <= EXPORT_CHUNK_BYTES) ||
    type === 'exportEnd' ||
    (type === 'exportFailed' && FAULTS.includes(fault))
  );
}

/** The chunks of an export, in their order; none is empty. */
export function* exportChunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += EXPORT_CHUNK_BYTES)
    yield bytes.slice(at, at + EXPORT_CHUNK_BYTES);
}

/** Puts the chunks of one answer together, and never holds more than {@link MOST_EXPORT_BYTES}. */
export class ExportCollector {
  readonly #most: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(most = MOST_EXPORT_BYTES) {
    this.#most = most;
  }

  /** Takes a chunk. @returns whether there was room for it; where there was none, everything is dropped */
  add(chunk: Uint8Array): boolean {
    this.#length += chunk.byteLength;
    if (this.#length <= this.#most) this.#chunks.push(chunk);
    else this.#chunks = [];
    return this.#length <= this.#most;
  }

  /** Everything that was taken. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return all;
  }
}

function isNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
