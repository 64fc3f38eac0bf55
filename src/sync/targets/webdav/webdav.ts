import { createHash } from 'node:crypto';
import type { HttpClient, HttpReply, HttpRequest } from '../../http/http-client.ts';
import { replyFault } from '../../http/reply-fault.ts';
import { PassingFault, RefusedFault, SignInFault, type TargetFault } from '../faults.ts';
import { parcelBytes } from '../parcel-bytes.ts';
import { namesOf } from '../parcel-path.ts';
import type { Confirmation, Parcel, SendContext, Target } from '../target.ts';
import { basicAuthorization, schemesOf } from './authorization.ts';

export interface WebDavOptions {
  /** Of the folder (collection) that takes the files. It is made when the one that it is to be in exists. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly http: HttpClient;
}

type Ask = Pick<HttpRequest, 'body' | 'headers' | 'onSent' | 'mostReplyBytes' | 'onBody'>;

/** While it is being sent. Nextcloud refuses `.part`, and some servers names that begin with a dot. */
const UNFINISHED = '.tmp';
const SIGN_IN = 'Set up the upload again with the user name and the password of the WebDAV server';

/**
 * A folder of a WebDAV server (RFC 4918). A file is sent under another name and gets its own when the server has all of it, so
 * that one that was cut never looks like one that is whole. No server says what it has by a checksum that all of them know, so
 * {@link Target.confirm} reads the file back.
 *
 * @throws RefusedFault for an address or a user name that cannot be used
 */
export function webdavTarget(options: WebDavOptions): Target {
  return new WebDavTarget(options);
}

class WebDavTarget implements Target {
  readonly #root: URL;
  readonly #authorization: string;
  readonly #http: HttpClient;

  constructor({ url, user, password, http }: WebDavOptions) {
    this.#root = rootOf(url);
    this.#authorization = basicAuthorization(user, password);
    this.#http = http;
  }

  async send(parcel: Parcel, { signal, onProgress }: SendContext): Promise<void> {
    const names = namesOf(parcel.path);
    const unfinished = this.#url(parcel.path + UNFINISHED);
    const put = (): Promise<HttpReply> =>
      this.#ask('PUT', unfinished, signal, {
        headers: { 'content-type': 'application/octet-stream' },
        body: { bytes: parcel.bytes, read: () => parcelBytes(parcel) },
      });
    let reply = await put();
    if (reply.status === 409 || reply.status === 404) {
      await this.#makeCollection(names.slice(0, -1), signal);
      reply = await put();
    }
    if (!isOneOf(reply, 200, 201, 204)) throw this.#fault(reply);
    await this.#rename(unfinished, this.#url(parcel.path), signal);
    onProgress?.(parcel.bytes);
  }

  async confirm(parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
    namesOf(parcel.path);
    const url = this.#url(parcel.path);
    const head = await this.#ask('HEAD', url, signal);
    if (isOneOf(head, 404, 410)) return 'missing';
    // What does not know HEAD is asked for the file itself.
    if (!isOneOf(head, 200, 405, 501)) throw this.#fault(head);
    const bytes = head.status === 200 ? head.headers['content-length'] : undefined;
    if (bytes !== undefined && Number(bytes) !== parcel.bytes) return 'different';
    const hash = createHash('sha256');
    const reply = await this.#ask('GET', url, signal, {
      mostReplyBytes: parcel.bytes,
      onBody: piece => hash.update(piece),
    });
    if (isOneOf(reply, 404, 410)) return 'missing';
    if (reply.status !== 200) throw this.#fault(reply);
    return hash.digest('hex') === parcel.sha256 ? 'whole' : 'different';
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    namesOf(path);
    // Folders stay: a DELETE of one takes all that is in it (RFC 4918, 9.6.1).
    for (const name of [path, path + UNFINISHED]) {
      const reply = await this.#ask('DELETE', this.#url(name), signal);
      if (!isOneOf(reply, 200, 202, 204, 404, 410)) throw this.#fault(reply);
    }
  }

  close(): void {
    this.#http.close();
  }

  /** @param path below the root, of names that need no escapes */
  #url(path: string): URL {
    return new URL(path, this.#root);
  }

  #ask(method: string, url: URL, signal: AbortSignal, more: Ask = {}): Promise<HttpReply> {
    const headers = { ...more.headers, authorization: this.#authorization };
    return this.#http.request({ ...more, method, url, signal, headers });
  }

  async #rename(from: URL, to: URL, signal: AbortSignal): Promise<void> {
    const move = (destination: string): Promise<HttpReply> =>
      this.#ask('MOVE', from, signal, { headers: { destination, overwrite: 'T' } });
    let reply = await move(to.href);
    // Behind a proxy that ends TLS, a server knows itself by http and takes the address for another's (RFC 4918, 9.9.4).
    if (reply.status === 502) reply = await move(to.href.replace(/^https:/, 'http:'));
    if (reply.status === 404) throw new PassingFault(`${this.#http.party} has lost what was just sent`);
    if (!isOneOf(reply, 201, 204)) throw this.#fault(reply);
  }

  /** Makes a collection, and first those that it is in as far as they are missing; none for the target's own. */
  async #makeCollection(names: readonly string[], signal: AbortSignal): Promise<void> {
    const url = this.#url(names.map(name => `${name}/`).join(''));
    const make = (): Promise<HttpReply> => this.#ask('MKCOL', url, signal);
    let reply = await make();
    if (isOneOf(reply, 404, 409)) {
      if (names.length === 0)
        throw new RefusedFault(
          `the folder of ${this.#http.party} that is to hold the upload folder is not there`,
          'Make that folder there, or correct the address',
        );
      await this.#makeCollection(names.slice(0, -1), signal);
      reply = await make();
    }
    // 405: there is something of that name (RFC 4918, 9.3.1).
    if (!isOneOf(reply, 200, 201, 405)) throw this.#fault(reply);
  }

  #fault(reply: HttpReply): TargetFault {
    const { party } = this.#http;
    if (reply.status === 423) return new PassingFault(`${party} answers 423: somebody has locked it`);
    const schemes = reply.status === 401 ? schemesOf(reply.headers['www-authenticate']) : [];
    if (schemes.length > 0 && !schemes.includes('basic'))
      return new SignInFault(
        `${party} wants another way to sign in than Basic: ${schemes.join(', ')}`,
        'Have the server take Basic over TLS, or an app password where it has such',
      );
    // Go's x/net/webdav says 405 of a full disk as well.
    const detail = isOneOf(reply, 405, 501)
      ? { detail: 'it is no WebDAV server, not at that address, or it cannot write there' }
      : {};
    return replyFault(reply, { party, signIn: SIGN_IN, ...detail });
  }
}

function rootOf(url: string): URL {
  if (!URL.canParse(url))
    throw new RefusedFault('the address of the WebDAV server is none', 'Correct cloud.webdav.url');
  const root = new URL(url);
  root.search = '';
  root.hash = '';
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  return root;
}

function isOneOf({ status }: HttpReply, ...statuses: number[]): boolean {
  return statuses.includes(status);
}
