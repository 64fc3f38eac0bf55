import type { HttpReply } from '../../http/http-client.ts';
import { PassingFault, RefusedFault } from '../faults.ts';
import { parcelBytes } from '../parcel-bytes.ts';
import type { Parcel } from '../target.ts';
import { type DriveApi, type DriveFile, FILE_FIELDS, fileOf, JSON_TYPE, type Metadata } from './drive-api.ts';
import { driveFault, PARTY } from './drive-fault.ts';
import { FolderGoneError } from './drive-folders.ts';

/** A multiple of 262,144, as all chunks but the last must be. Larger ones cost less, smaller ones lose less. */
const CHUNK_BYTES = 8 * 1_048_576;
/** Chunks and questions in a row that bring nothing on, before the caller is left to try later. */
const MOST_SETBACKS = 3;

/** The session has ended without the file. */
export class SessionGoneError extends Error {
  override readonly name = 'SessionGoneError';
}

export interface SessionContext {
  readonly signal: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Asks for a session of a resumable upload.
 *
 * @returns its address, which is as good as the right to write the file: a secret
 * @throws FolderGoneError when the folder is not there any more
 * @throws RefusedFault when the address leads to another host
 */
export async function beginSession(
  api: DriveApi,
  metadata: Metadata,
  bytes: number,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(api.endpoints.upload);
  url.search = new URLSearchParams({ uploadType: 'resumable', fields: FILE_FIELDS }).toString();
  const reply = await api.request(
    {
      method: 'POST',
      url,
      headers: {
        'content-type': JSON_TYPE,
        'x-upload-content-type': metadata.mimeType,
        'x-upload-content-length': String(bytes),
      },
      body: Buffer.from(JSON.stringify(metadata)),
    },
    signal,
  );
  if (reply.status === 404) throw new FolderGoneError();
  if (reply.status !== 200 && reply.status !== 201) throw driveFault(reply);
  const { location } = reply.headers;
  if (location === undefined) throw new PassingFault(`${PARTY} begins an upload without saying where`);
  if (!isOwnAddress(api, location))
    throw new RefusedFault(
      `${PARTY} leads the upload to another host; nothing was sent there`,
      'Something between here and Google answers in its place: look at the network',
    );
  return location;
}

/** Whether an address of a session is one of the host that gives them. */
export function isOwnAddress(api: DriveApi, address: string): boolean {
  if (!URL.canParse(address) || address.length > 4096) return false;
  const { origin, username, password } = new URL(address);
  return origin === new URL(api.endpoints.upload).origin && username === '' && password === '';
}

/** A resumable upload: https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable */
export class UploadSession {
  readonly #api: DriveApi;
  readonly #address: string;
  readonly #parcel: Parcel;

  constructor(api: DriveApi, address: string, parcel: Parcel) {
    this.#api = api;
    this.#address = address;
    this.#parcel = parcel;
  }

  /**
   * Sends what is missing, and resolves to the file when all of it is there.
   *
   * @param isNew whether nothing can be there yet; otherwise it asks first
   * @throws SessionGoneError when it has ended
   * @throws TargetFault when it goes no further for now; the session can be gone on with, but for a RefusedFault
   */
  async run(isNew: boolean, { signal, onProgress }: SessionContext): Promise<DriveFile> {
    const { bytes } = this.#parcel;
    /** Bytes that are there; `undefined` when that has to be asked. */
    let there = isNew ? 0 : undefined;
    let most = 0;
    let wasDenied = false;
    let cut: PassingFault | undefined;
    for (let setbacks = 0; setbacks <= MOST_SETBACKS; setbacks++) {
      const reply: HttpReply | PassingFault = await this.#next(there, signal);
      if (reply instanceof PassingFault) {
        // Some of it may have arrived.
        cut = reply;
        there = undefined;
        continue;
      }
      if (reply.status === 200 || reply.status === 201) return fileOf(reply);
      if (reply.status === 401 && there !== undefined && !wasDenied) {
        // The question gets a new access token.
        wasDenied = true;
        there = undefined;
        continue;
      }
      if (reply.status !== 308) throw endOf(reply);
      there = receivedOf(reply.headers.range, bytes);
      if (there > most) {
        most = there;
        setbacks = 0;
        wasDenied = false;
        cut = undefined;
        onProgress?.(there);
      }
      // All is there, and the file is not: the question is what becomes of it.
      if (there === bytes) there = undefined;
    }
    if (most === bytes) throw new SessionGoneError();
    throw cut ?? new PassingFault(`${PARTY} does not take what is sent to it`);
  }

  /** Sends the next chunk, or asks how much there is. @returns what cut a chunk off */
  async #next(there: number | undefined, signal: AbortSignal): Promise<HttpReply | PassingFault> {
    const { bytes } = this.#parcel;
    if (there === undefined || bytes === 0) {
      const headers = { 'content-range': `bytes */${bytes}` };
      return this.#api.request({ method: 'PUT', url: this.#address, headers, body: Buffer.alloc(0) }, signal);
    }
    const end = Math.min(there + CHUNK_BYTES, bytes);
    try {
      return await this.#api.attempt(
        {
          method: 'PUT',
          url: this.#address,
          headers: { 'content-range': `bytes ${there}-${end - 1}/${bytes}` },
          body: { bytes: end - there, read: () => parcelBytes(this.#parcel, there, end) },
          // Of a chunk, some may have arrived: that is asked first.
          mayRepeat: false,
        },
        signal,
      );
    } catch (error) {
      if (error instanceof PassingFault && !signal.aborted) return error;
      throw error;
    }
  }
}

/** Bytes that are there, by the `Range` of a 308: none when it has none. */
function receivedOf(range: string | undefined, total: number): number {
  if (range === undefined) return 0;
  const last = /^bytes=0-(\d{1,15})$/.exec(range)?.[1];
  const received = Number(last) + 1;
  // More than there is, or a piece from the middle: such a session cannot be gone on with.
  if (last === undefined || received > total) throw new SessionGoneError();
  return received;
}

/** What ends a session, and what only interrupts it: Google says of every other 4xx to begin anew. */
function endOf(reply: HttpReply): Error {
  const { status } = reply;
  const isEnd = status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
  return isEnd ? new SessionGoneError() : driveFault(reply);
}
