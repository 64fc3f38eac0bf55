import { createHash } from 'node:crypto';
import type { HttpClient, HttpReply } from '../../http/http-client.ts';
import { RefusedFault, type TargetFault } from '../faults.ts';
import { parcelBytes } from '../parcel-bytes.ts';
import type { Confirmation, Parcel, SendContext, Target } from '../target.ts';
import { BucketAddress, type BucketOptions } from './bucket-address.ts';
import { etagInParts, MultipartUpload, PART_BYTES } from './multipart.ts';
import { S3Client } from './s3-client.ts';
import type { S3Credentials } from './s3-credentials.ts';
import { codeOfReply, s3Fault } from './s3-fault.ts';

/** What headers can hold; what refuses anything else repeats it in its error. */
const KEY = /^[!-~]+$/;

export interface S3Options extends BucketOptions {
  readonly credentials: S3Credentials;
  readonly http: HttpClient;
}

/**
 * A bucket of an S3-compatible store. The store checks each body by the SHA-256 that is signed with it and by its MD5.
 *
 * @throws RefusedFault for an endpoint, a bucket, a region, a prefix or keys that cannot be
 */
export function s3Target(options: S3Options): Target {
  return new S3Target(options);
}

class S3Target implements Target {
  readonly #address: BucketAddress;
  readonly #client: S3Client;

  constructor({ credentials, http, ...bucket }: S3Options) {
    this.#address = new BucketAddress(bucket);
    requireKeys(credentials);
    this.#client = new S3Client(http, credentials, this.#address.region);
  }

  async send(parcel: Parcel, context: SendContext): Promise<void> {
    const url = this.#address.object(parcel.path);
    if (parcel.bytes > PART_BYTES) {
      const isThere = async (): Promise<boolean> => (await this.confirm(parcel, context.signal)) === 'whole';
      await new MultipartUpload(this.#client, url, parcel, context).send(isThere);
      return;
    }
    const { bytes, sha256, md5 } = parcel;
    const reply = await this.#client.ask({
      method: 'PUT',
      url,
      headers: {
        'content-type': 'application/octet-stream',
        // Kept by AWS for {@link confirm}; other stores refuse what they do not know.
        ...(this.#address.isAws ? { 'x-amz-checksum-sha256': base64Of(sha256) } : {}),
      },
      body: { bytes, sha256, md5, read: () => parcelBytes(parcel) },
      signal: context.signal,
    });
    if (reply.status !== 200) throw this.#fault(reply);
    context.onProgress?.(bytes);
  }

  async confirm(parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
    const url = this.#address.object(parcel.path);
    const headers: Record<string, string> = this.#address.isAws ? { 'x-amz-checksum-mode': 'ENABLED' } : {};
    const head = await this.#client.ask({ method: 'HEAD', url, headers, signal });
    if (head.status === 404) return 'missing';
    if (head.status !== 200) throw await this.#faultOf(url, head, signal);
    if (Number(head.headers['content-length']) !== parcel.bytes) return 'different';
    return (await this.#byChecksum(parcel, head, signal)) ?? (await this.#byBytes(url, parcel, signal));
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    const reply = await this.#client.ask({ method: 'DELETE', url: this.#address.object(path), signal });
    const isGone = reply.status === 404 && codeOfReply(reply) !== 'NoSuchBucket';
    if (reply.status !== 204 && reply.status !== 200 && !isGone) throw this.#fault(reply);
  }

  close(): void {
    this.#client.http.close();
  }

  /** What the store's own checksums say; `undefined` where it has none that can be compared. */
  async #byChecksum(
    parcel: Parcel,
    { headers }: HttpReply,
    signal: AbortSignal,
  ): Promise<Confirmation | undefined> {
    const checksum = headers['x-amz-checksum-sha256'];
    // With "-2" at the end it is one of the parts' checksums.
    if (typeof checksum === 'string' && !checksum.includes('-'))
      return checksum === base64Of(parcel.sha256) ? 'whole' : 'different';
    const etag = headers.etag?.replaceAll('"', '').toLowerCase() ?? '';
    const isSame =
      etag === parcel.md5 ||
      (/^[0-9a-f]{32}-\d+$/.test(etag) && parcel.bytes > 0 && etag === (await etagInParts(parcel, signal)));
    // Another one need not be an MD5 at all.
    return isSame ? 'whole' : undefined;
  }

  /** Reads it back, in pieces of the size of a part. */
  async #byBytes(url: URL, parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
    const hash = createHash('sha256');
    for (let from = 0; from < parcel.bytes; from += PART_BYTES) {
      const bytes = Math.min(PART_BYTES, parcel.bytes - from);
      const reply = await this.#client.ask({
        method: 'GET',
        url,
        headers: { range: `bytes=${from}-${from + bytes - 1}` },
        signal,
        mostReplyBytes: PART_BYTES,
      });
      if (reply.status === 404) return 'missing';
      if (reply.status === 416) return 'different';
      if (reply.status !== 206 && !(reply.status === 200 && bytes === parcel.bytes)) throw this.#fault(reply);
      if (reply.body.length !== bytes) return 'different';
      hash.update(reply.body);
    }
    return hash.digest('hex') === parcel.sha256 ? 'whole' : 'different';
  }

  /** What an answer to HEAD means: it has no body that would say, so the store is asked for a byte. */
  async #faultOf(url: URL, head: HttpReply, signal: AbortSignal): Promise<TargetFault> {
    const reply = await this.#client.ask({ method: 'GET', url, headers: { range: 'bytes=0-0' }, signal });
    return this.#fault(reply.status === head.status ? reply : head);
  }

  #fault(reply: HttpReply): TargetFault {
    return s3Fault(reply, this.#client.http.party);
  }
}

function base64Of(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

function requireKeys({ accessKeyId, sessionToken = '-' }: S3Credentials): void {
  if (KEY.test(accessKeyId) && KEY.test(sessionToken)) return;
  throw new RefusedFault(
    'the access key id or the session token of the S3 store holds a space, a line break or another character that none has',
    'Give them again, as the store tells them',
  );
}
