import { createHash } from 'node:crypto';
import type { HttpReply } from '../../http/http-client.ts';
import { PassingFault, TargetFault } from '../faults.ts';
import { parcelBytes } from '../parcel-bytes.ts';
import type { Parcel, SendContext } from '../target.ts';
import type { S3Client } from './s3-client.ts';
import { codeOfReply, s3Fault } from './s3-fault.ts';
import { elementsOf, escapeXml, textOf } from './xml.ts';

/** Size of all parts but the last, and size above which a file is sent in parts. S3 wants at least 5 MiB (but for the last). */
export const PART_BYTES = 8_388_608;

/** Of an upload that cannot be gone on with. */
const LOST = new Set(['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall']);
/** ListParts tells of at most 1,000 at a time, and an upload has at most 10,000. */
const MOST_LISTS = 10;

interface Part {
  readonly etag: string;
  readonly bytes: number;
}

/** Parts of which a parcel is made, numbered from 1. */
export function partsOf({ bytes }: Pick<Parcel, 'bytes'>): { number: number; from: number; to: number }[] {
  return Array.from({ length: Math.ceil(bytes / PART_BYTES) }, (_, index) => ({
    number: index + 1,
    from: index * PART_BYTES,
    to: Math.min((index + 1) * PART_BYTES, bytes),
  }));
}

/**
 * A multipart upload. What it has to remember is the upload's id; which parts are there, the store is asked. An upload that the
 * store has forgotten, or cannot put together, begins anew.
 */
export class MultipartUpload {
  readonly #client: S3Client;
  readonly #url: URL;
  readonly #parcel: Parcel;
  readonly #context: SendContext;

  constructor(client: S3Client, url: URL, parcel: Parcel, context: SendContext) {
    this.#client = client;
    this.#url = url;
    this.#parcel = parcel;
    this.#context = context;
  }

  /** @param isThere asks whether the object is there already: an upload is gone too when it was completed and nobody heard */
  async send(isThere: () => Promise<boolean>): Promise<void> {
    const { resume } = this.#context;
    let id = resume.text;
    let parts = id === undefined ? undefined : await this.#list(id);
    if (id !== undefined && parts === undefined) {
      await resume.keep(undefined);
      if (await isThere()) return;
      id = undefined;
    }
    id ??= await this.#begin();
    parts ??= new Map();
    await this.#complete(id, await this.#sendParts(id, parts));
    await resume.keep(undefined);
  }

  async #begin(): Promise<string> {
    const reply = await this.#ask(
      'POST',
      { uploads: '' },
      { headers: { 'content-type': 'application/octet-stream' } },
    );
    const id = textOf(reply.body.toString('utf8'), 'UploadId');
    if (reply.status !== 200 || id === undefined || id === '') throw this.#fault(reply);
    try {
      await this.#context.resume.keep(id);
    } catch (error) {
      await this.#abort(id);
      throw error;
    }
    return id;
  }

  /** The parts that the store has; `undefined` when it has no such upload. */
  async #list(uploadId: string): Promise<Map<number, Part> | undefined> {
    const parts = new Map<number, Part>();
    let after = '';
    for (let lists = 0; lists < MOST_LISTS; lists++) {
      const marker = after === '' ? {} : { 'part-number-marker': after };
      const reply = await this.#ask('GET', { uploadId, ...marker });
      if (reply.status === 404 && codeOfReply(reply) !== 'NoSuchBucket') return undefined;
      const xml = reply.body.toString('utf8');
      if (reply.status !== 200 || elementsOf(xml, 'ListPartsResult').length === 0) throw this.#fault(reply);
      for (const part of elementsOf(xml, 'Part'))
        parts.set(Number(textOf(part, 'PartNumber')), {
          etag: textOf(part, 'ETag') ?? '',
          bytes: Number(textOf(part, 'Size')),
        });
      after = textOf(xml, 'NextPartNumberMarker') ?? '';
      if (textOf(xml, 'IsTruncated') !== 'true' || after === '') break;
    }
    return parts;
  }

  /** Sends the parts that are not there. Gives the ETags of all. */
  async #sendParts(uploadId: string, there: ReadonlyMap<number, Part>): Promise<string[]> {
    const { signal, onProgress } = this.#context;
    const etags: string[] = [];
    for (const { number, from, to } of partsOf(this.#parcel)) {
      const read = (): AsyncGenerator<Uint8Array> => parcelBytes(this.#parcel, from, to);
      const digests = await digestsOf(read(), signal);
      const kept = there.get(number);
      if (kept?.bytes === to - from && canBe(kept.etag, digests.md5)) etags.push(kept.etag);
      else {
        const body = { bytes: to - from, read, ...digests };
        const reply = await this.#ask('PUT', { partNumber: String(number), uploadId }, { body });
        const { etag } = reply.headers;
        if (reply.status !== 200 || etag === undefined) throw await this.#lost(uploadId, reply);
        etags.push(etag);
      }
      onProgress?.(to);
    }
    return etags;
  }

  async #complete(uploadId: string, etags: readonly string[]): Promise<void> {
    const parts = etags.map(
      (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    );
    const xml = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`;
    const reply = await this.#ask(
      'POST',
      { uploadId },
      { body: Buffer.from(xml), headers: { 'content-type': 'application/xml' } },
    );
    // The store begins to answer before it knows the end of it: an error comes with 200 as well.
    const isDone = elementsOf(reply.body.toString('utf8'), 'CompleteMultipartUploadResult').length > 0;
    if (reply.status !== 200 || !isDone) throw await this.#lost(uploadId, reply);
  }

  /** What an answer means, after an upload that cannot be gone on with was given up. */
  async #lost(uploadId: string, reply: HttpReply): Promise<TargetFault> {
    const code = codeOfReply(reply);
    if (code === undefined || !LOST.has(code)) return this.#fault(reply);
    await this.#context.resume.keep(undefined);
    await this.#abort(uploadId);
    return new PassingFault(
      `${this.#client.http.party} answers ${reply.status}, ${code}: the upload has to begin anew`,
    );
  }

  /** Has the store forget an upload. One that stays costs its owner room, but nothing is wrong with it. */
  async #abort(uploadId: string): Promise<void> {
    try {
      await this.#ask('DELETE', { uploadId });
    } catch (error) {
      if (!(error instanceof TargetFault)) throw error;
    }
  }

  #ask(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    query: Readonly<Record<string, string>>,
    more: Pick<Parameters<S3Client['ask']>[0], 'body' | 'headers'> = {},
  ): Promise<HttpReply> {
    const url = new URL(this.#url);
    url.search = new URLSearchParams(query).toString();
    return this.#client.ask({ ...more, method, url, signal: this.#context.signal });
  }

  #fault(reply: HttpReply): TargetFault {
    return s3Fault(reply, this.#client.http.party);
  }
}

/** The ETag that S3 gives what was sent in parts: the MD5 of their MD5s, and how many. */
export async function etagInParts(parcel: Parcel, signal: AbortSignal): Promise<string> {
  const parts = partsOf(parcel);
  const all = createHash('md5');
  for (const { from, to } of parts)
    all.update((await digestsOf(parcelBytes(parcel, from, to), signal)).md5, 'hex');
  return `${all.digest('hex')}-${parts.length}`;
}

async function digestsOf(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly md5: string }> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  for await (const piece of bytes) {
    signal.throwIfAborted();
    sha256.update(piece);
    md5.update(piece);
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** Whether a part with this ETag can be of this MD5: with encryption by KMS, an ETag is no MD5 and says nothing. */
function canBe(etag: string, md5: string): boolean {
  const bare = etag.replaceAll('"', '').toLowerCase();
  return bare !== '' && (bare === md5 || !/^[0-9a-f]{32}$/.test(bare));
}
