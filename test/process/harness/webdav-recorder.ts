import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A WebDAV server in memory that keeps every byte that comes, and can make whoever sends wait. */
export class WebDavRecorder {
  /** Files by path, as they are now. */
  readonly files = new Map<string, Buffer>();
  /** All requests as they came: request line, headers, body. */
  readonly received: Buffer[] = [];
  /** While set, the answer to a PUT waits for it, when its body has come. */
  hold: Promise<void> | undefined;
  /** PUTs that have begun. */
  puts = 0;
  readonly #server = http.createServer((request, response) => {
    void this.#answer(request, response);
  });
  readonly #folders = new Set(['/', '/up/']);

  static async start(): Promise<WebDavRecorder> {
    const recorder = new WebDavRecorder();
    recorder.#server.listen(0, '127.0.0.1');
    await once(recorder.#server, 'listening');
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/up/`;
  }

  /** Everything that came, as text of bytes. */
  get wire(): string {
    return Buffer.concat(this.received).toString('latin1');
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = '', url = '', rawHeaders } = request;
    this.received.push(Buffer.from(`${method} ${url}\n${rawHeaders.join('\n')}\n\n`));
    if (method === 'PUT') this.puts++;
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request as AsyncIterable<Buffer>) {
        pieces.push(piece);
        this.received.push(piece);
      }
    } catch {
      // Whoever sent it has ended.
      return;
    }
    if (method === 'PUT') await this.hold;
    const status = this.#do(method, url, Buffer.concat(pieces), request.headers);
    const file = method === 'GET' || method === 'HEAD' ? this.files.get(url) : undefined;
    response.writeHead(status, { 'content-length': file?.length ?? 0 });
    response.end(method === 'GET' ? file : undefined);
  }

  #do(method: string, url: string, body: Buffer, { destination }: http.IncomingHttpHeaders): number {
    const parent = url.replace(/[^/]+\/?$/, '');
    switch (method) {
      case 'MKCOL':
        if (this.#folders.has(url)) return 405;
        if (!this.#folders.has(parent)) return 409;
        this.#folders.add(url);
        return 201;
      case 'PUT':
        if (!this.#folders.has(parent)) return 409;
        this.files.set(url, body);
        return 201;
      case 'MOVE': {
        const file = this.files.get(url);
        if (!file || typeof destination !== 'string') return 404;
        this.files.delete(url);
        this.files.set(new URL(destination).pathname, file);
        return 201;
      }
      case 'DELETE':
        return this.files.delete(url) ? 204 : 404;
      case 'GET':
      case 'HEAD':
        return this.files.has(url) ? 200 : 404;
      default:
        return 405;
    }
  }
}
