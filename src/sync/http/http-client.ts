import http from 'node:http';
import https from 'node:https';
import { PassingFault, RefusedFault } from '../targets/faults.ts';
import { isLoopbackHost, lookupLoopback } from './loopback.ts';
import { networkFault } from './network-fault.ts';
import { takeReply } from './reply.ts';
import { Throttle } from './throttle.ts';

/** Bytes to send, of which the number is known and which can be had again from the beginning. */
export interface RequestBody {
  readonly bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | RequestBody;
  readonly signal?: AbortSignal;
  /** Told how many bytes of the body the system has taken: not all of them need have arrived. */
  readonly onSent?: (bytes: number) => void;
  /**
   * Whether it is sent a second time when a connection that was kept open turns out to be closed: some of the first may have
   * arrived. True when left out.
   */
  readonly mayRepeat?: boolean;
  /** Most bytes of the reply's body; 1 MiB when left out. */
  readonly mostReplyBytes?: number;
  /** Takes the body of a good answer (2xx) piece by piece, so that it is not kept; the reply's is empty then. */
  readonly onBody?: (piece: Uint8Array) => void;
}

/** An answer, of any status. */
export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpClientOptions {
  /** Whom it talks to, as messages call it: "the WebDAV server". */
  readonly party: string;
  /** Most bytes a second that are sent; no bound when left out. */
  readonly maxBytesPerSecond?: number;
  /** Time without progress, and time for a whole reply, after which a request is given up; in milliseconds. */
  readonly patience?: { readonly stallMs: number; readonly replyMs: number };
  /** Certificates of authorities (PEM), in place of the system's, for a server of one's own. */
  readonly ca?: string;
}

const PATIENCE = { stallMs: 60_000, replyMs: 120_000 };
const MOST_REPLY_BYTES = 1_048_576;
const MOST_CONNECTIONS = 2;

/**
 * Speaks HTTP/1.1 with one party. It trusts nobody: a certificate must be good whatever the environment says
 * (`NODE_TLS_REJECT_UNAUTHORIZED` too), plain http goes to this machine only, a redirect is an answer and is not followed,
 * a reply is bounded in bytes and time.
 */
export class HttpClient {
  readonly party: string;
  readonly #throttle: Throttle;
  readonly #patience: { readonly stallMs: number; readonly replyMs: number };
  readonly #secure: https.Agent;
  readonly #plain: http.Agent;

  constructor({ party, maxBytesPerSecond, patience = PATIENCE, ca }: HttpClientOptions) {
    this.party = party;
    this.#throttle = new Throttle(maxBytesPerSecond);
    this.#patience = patience;
    const keeping = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
    this.#secure = new https.Agent({
      ...keeping,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
    });
    this.#plain = new http.Agent({ ...keeping, lookup: lookupLoopback });
  }

  /**
   * Sends a request and takes the whole answer, whatever its status.
   *
   * @throws PassingFault when it does not get through, is cut or stalls
   * @throws RefusedFault for an address that is not allowed, a bad certificate, or a reply that is too large
   * @throws the signal's reason
   */
  async request(request: HttpRequest): Promise<HttpReply> {
    request.signal?.throwIfAborted();
    const url = this.#allowed(request.url);
    try {
      return await this.#exchange(url, request);
    } catch (error) {
      request.signal?.throwIfAborted();
      // The server had closed a connection that was kept open: that says nothing of this request.
      if (!(error instanceof StaleConnectionError)) throw this.#fault(error);
      if (request.mayRepeat === false) throw this.#fault(error.cause);
    }
    try {
      return await this.#exchange(url, request);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw this.#fault(error instanceof StaleConnectionError ? error.cause : error);
    }
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.#secure.destroy();
    this.#plain.destroy();
  }

  #allowed(given: string | URL): URL {
    const url = URL.canParse(String(given)) ? new URL(given) : undefined;
    const isPlain = url?.protocol === 'http:';
    const remedy = 'Correct the address in the settings';
    if (!url || (!isPlain && url.protocol !== 'https:'))
      throw new RefusedFault(`the address of ${this.party} is not one that begins with https://`, remedy);
    if (url.username !== '' || url.password !== '')
      throw new RefusedFault(`the address of ${this.party} holds a user name or a password`, remedy);
    if (isPlain && !isLoopbackHost(url.hostname))
      throw new RefusedFault(
        `the address of ${this.party} begins with http://, which is for servers on this machine only`,
        'Use https://',
      );
    return url;
  }

  #fault(error: unknown): unknown {
    return networkFault(error, this.party);
  }

  async #exchange(url: URL, request: HttpRequest): Promise<HttpReply> {
    const { method, headers, body, signal, mostReplyBytes = MOST_REPLY_BYTES, onBody } = request;
    const bytes = body === undefined ? 0 : body instanceof Uint8Array ? body.length : body.bytes;
    const isPlain = url.protocol === 'http:';
    const outgoing = (isPlain ? http : https).request(url, {
      method,
      agent: isPlain ? this.#plain : this.#secure,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'OptiMetrics',
        ...headers,
        ...(body !== undefined || /^(POST|PUT|PATCH)$/.test(method) ? { 'content-length': bytes } : {}),
      },
      ...(signal ? { signal } : {}),
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', error => {
        reject(outgoing.reusedSocket && isReset(error) ? new StaleConnectionError(error) : error);
      });
    });
    // Whoever waits for it may have failed before.
    answered.catch(() => undefined);
    outgoing.setTimeout(this.#patience.stallMs, () =>
      outgoing.destroy(new PassingFault(`${this.party} does not answer`)),
    );
    let hasAnswered = false;
    void answered.then(
      () => (hasAnswered = true),
      () => undefined,
    );
    try {
      await this.#send(outgoing, request, answered, () => hasAnswered);
      return await takeReply(outgoing, answered, {
        party: this.party,
        mostBytes: mostReplyBytes,
        // As much again for every MiB that may come: a large file takes its time.
        timeMs: this.#patience.replyMs * Math.max(1, mostReplyBytes / MOST_REPLY_BYTES),
        ...(onBody ? { onBody } : {}),
      });
    } finally {
      // A reply that came before everything was sent, or that was not read to its end, leaves nothing to go on with.
      if (!outgoing.writableFinished) outgoing.destroy();
    }
  }

  /** Sends the body, as far as the other side wants it: one that has answered already does not. */
  async #send(
    outgoing: http.ClientRequest,
    { body, onSent, signal }: HttpRequest,
    answered: Promise<unknown>,
    hasAnswered: () => boolean,
  ): Promise<void> {
    if (body === undefined) {
      outgoing.end();
      return;
    }
    let sent = 0;
    const { pieceBytes } = this.#throttle;
    const pieces = body instanceof Uint8Array ? [body] : body.read();
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += pieceBytes) {
        const part = piece.subarray(at, at + pieceBytes);
        await this.#throttle.admit(part.length, signal);
        if (hasAnswered()) return;
        if (outgoing.destroyed) {
          await answered;
          return;
        }
        if (!outgoing.write(part)) await drained(outgoing);
        sent += part.length;
        onSent?.(sent);
      }
    }
    outgoing.end();
  }
}

const ENDS_OF_WAITING = ['drain', 'response', 'close'] as const;

/** A connection that was kept open turned out to be closed. */
class StaleConnectionError extends Error {
  constructor(cause: unknown) {
    super('the connection was closed', { cause });
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Resolves when more can be written, or need not be. Not a race with a promise that lives on, which would keep each of them. */
function drained(outgoing: http.ClientRequest): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      for (const event of ENDS_OF_WAITING) outgoing.off(event, done);
      resolve();
    };
    for (const event of ENDS_OF_WAITING) outgoing.on(event, done);
  });
}
