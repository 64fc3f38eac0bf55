import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENGLISH, pageOf, type PageWords } from './page.ts';
import { SignInError } from './sign-in-error.ts';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // The code stands in the page's address: it goes nowhere from there.
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'connection': 'close',
};

/** Whoever connects has to say what it wants in this time, in milliseconds. */
const PATIENCE_MS = 10_000;
const MOST_CONNECTIONS = 16;

/** What became of an answer: taken, of no use, or there was one before. */
export type Verdict = 'done' | 'failed' | 'over';

export type TakeAnswer = (parameters: URLSearchParams) => Verdict;

const STATUS = { done: 200, failed: 400, over: 409 };

/**
 * Waits for the user's browser to come back, on 127.0.0.1 and a port of the system's choice (RFC 8252, 7.3). An
 * answer is a GET of `/` with parameters. Everything else is turned away and changes nothing.
 */
export class LoopbackListener {
  /** What a browser on this machine is to be sent back to. */
  readonly uri: string;
  readonly #server: http.Server;
  readonly #words: PageWords;
  readonly #take: TakeAnswer;

  private constructor(server: http.Server, take: TakeAnswer, words: PageWords) {
    this.#server = server;
    this.#take = take;
    this.#words = words;
    // A literal address: a name can be made to lead elsewhere.
    this.uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('request', (request, response) => {
      this.#answer(request, response);
    });
  }

  /** @throws SignInError when nothing can listen there */
  static async open(take: TakeAnswer, words: PageWords = ENGLISH): Promise<LoopbackListener> {
    const server = http.createServer({
      headersTimeout: PATIENCE_MS,
      requestTimeout: PATIENCE_MS,
      connectionsCheckingInterval: PATIENCE_MS / 2,
    });
    server.maxConnections = MOST_CONNECTIONS;
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    } catch {
      throw new SignInError('listener', 'nothing can listen on 127.0.0.1 of this machine for the answer');
    }
    return new LoopbackListener(server, take, words);
  }

  /** Stops listening. Pages that are on their way still arrive. */
  close(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
    // Whoever has connected and asks nothing keeps nothing open.
    setTimeout(() => this.#server.closeAllConnections(), 1000).unref();
  }

  #answer({ method, url = '' }: http.IncomingMessage, response: http.ServerResponse): void {
    const [path, query = ''] = url.split(/\?(.*)/s);
    const parameters = new URLSearchParams(query);
    if (path !== '/') response.writeHead(404, HEADERS).end();
    else if (method !== 'GET') response.writeHead(405, { ...HEADERS, allow: 'GET' }).end();
    // Browsers and others look in before they are asked to.
    else if (parameters.size === 0) response.writeHead(400, HEADERS).end();
    else {
      const verdict = this.#take(parameters);
      response.writeHead(STATUS[verdict], HEADERS).end(pageOf(this.#words, this.#words[verdict]));
    }
  }
}
