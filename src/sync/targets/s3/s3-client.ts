import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { HttpClient, HttpReply, HttpRequest, RequestBody } from '../../http/http-client.ts';
import type { S3Credentials } from './s3-credentials.ts';

/** A request before it is signed. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, or those of a parcel with their SHA-256 and MD5 in hexadecimal digits. */
  readonly body?: Uint8Array | (RequestBody & { readonly sha256: string; readonly md5: string });
  readonly signal: AbortSignal;
  readonly mostReplyBytes?: number;
}

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/**
 * Headers that a request goes with, `authorization` among them: AWS Signature Version 4 over the method, the address, all
 * headers given and the SHA-256 of the body, which the store checks.
 */
export async function signedHeaders(
  { method, url, headers = {} }: Pick<S3Request, 'method' | 'url' | 'headers'>,
  sha256: string,
  { accessKeyId, secretAccessKey, sessionToken }: S3Credentials,
  region: string,
  nowMs: number,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers, 'x-amz-content-sha256': sha256 },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    datetime: new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    allHeaders: true,
  });
  return Object.fromEntries((await signer.sign()).headers);
}

/** Signs requests and sends them. */
export class S3Client {
  readonly http: HttpClient;
  readonly #credentials: S3Credentials;
  readonly #region: string;

  constructor(http: HttpClient, credentials: S3Credentials, region: string) {
    this.http = http;
    this.#credentials = credentials;
    this.#region = region;
  }

  /** Rejects as {@link HttpClient.request} does. */
  async ask(request: S3Request): Promise<HttpReply> {
    const { method, url, body, signal, mostReplyBytes } = request;
    const { sha256, md5 } = digestsOf(body);
    const headers = {
      ...request.headers,
      ...(md5 === undefined ? {} : { 'content-md5': Buffer.from(md5, 'hex').toString('base64') }),
    };
    const asked: HttpRequest = {
      method,
      url,
      headers: await signedHeaders(
        { method, url, headers },
        sha256,
        this.#credentials,
        this.#region,
        Date.now(),
      ),
      ...(body === undefined ? {} : { body }),
      signal,
      ...(mostReplyBytes === undefined ? {} : { mostReplyBytes }),
    };
    return this.http.request(asked);
  }
}

function digestsOf(body: S3Request['body']): { sha256: string; md5?: string } {
  if (body === undefined) return { sha256: EMPTY_SHA256 };
  if (!(body instanceof Uint8Array)) return body;
  const digest = (name: string): string => createHash(name).update(body).digest('hex');
  return { sha256: digest('sha256'), md5: digest('md5') };
}
