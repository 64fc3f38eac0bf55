import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, bodyOf, damaged, give, instead, isCarriedOut } from './drive-answers.ts';
import { DriveError } from './drive-errors.ts';
import type { Fault, FaultPlan, Received, RequestKind } from './drive-faults.ts';
import { FOLDER } from './drive-query.ts';
import { DriveSessions } from './drive-sessions.ts';
import { DriveStore, type Metadata, resourceOf } from './drive-store.ts';
import { TokenIssuer } from './token-issuer.ts';

export interface DriveServerOptions {
  readonly faults?: FaultPlan;
  /** Time of the server, which sessions and tokens end by. */
  readonly now?: () => number;
  readonly tokens?: TokenIssuer;
}

/** What was asked for, for tests that look for secrets where none may be. */
export interface Asked {
  readonly kind: RequestKind;
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly status: number;
}

interface Taken {
  readonly request: http.IncomingMessage;
  readonly url: URL;
  readonly kind: RequestKind;
  /** What arrived of it. */
  readonly body: Buffer;
  readonly most?: number;
  readonly isRepeated?: boolean;
  readonly location?: string;
}

export const CLIENT_ID = '1234567890-testclient.apps.googleusercontent.com';
export const DRIVE_FILE = 'https://www.googleapis.com/auth/drive.file';

/**
 * Google Drive v3 on this machine, as far as a program that uploads needs it: search, ids, folders, resumable uploads,
 * deletion, and the token endpoint. It is strict: a request that breaks a rule of the protocol is answered as Google does and
 * noted in `violations`, and so is one that uses what a program with the scope `drive.file` has no business with. A fault plan
 * has it answer with an error, cut, stall, lose, repeat, damage or lie, at any request and at any byte.
 */
export class DriveServer {
  readonly store: DriveStore;
  readonly sessions: DriveSessions;
  readonly tokens: TokenIssuer;
  /** Rules that the client has broken: empty for a good one. */
  readonly violations: string[] = [];
  readonly asked: Asked[] = [];
  /** Can be changed at any time. */
  faults: FaultPlan;
  readonly #server: http.Server;
  #received = 0;

  private constructor({ faults, now = Date.now, tokens }: DriveServerOptions) {
    this.faults = faults ?? (() => undefined);
    this.tokens = tokens ?? new TokenIssuer({ clientId: CLIENT_ID, scope: DRIVE_FILE, now });
    this.store = new DriveStore(now);
    this.sessions = new DriveSessions(this.store, now, what => this.violations.push(what));
    this.#server = http.createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(`the server itself: ${String(error)}`);
        response.destroy();
      });
    });
  }

  static async start(options: DriveServerOptions = {}): Promise<DriveServer> {
    const server = new DriveServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where a client finds it, in place of Google's addresses. */
  get endpoints(): { readonly files: string; readonly upload: string; readonly token: string } {
    return {
      files: `${this.origin}/drive/v3/files`,
      upload: `${this.origin}/upload/drive/v3/files`,
      token: `${this.origin}/token`,
    };
  }

  /** Requests of a kind that have been answered, or not. */
  countOf(kind: RequestKind): number {
    return this.asked.filter(one => one.kind === kind).length;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const kind = kindOf(request, url);
    const bytes = Number(request.headers['content-length'] ?? 0);
    const received: Received = { kind, nth: this.#received++, bytes };
    const fault = this.faults(received);
    const { socket } = request;
    // A client that gives up is not a fault of the server.
    request.on('error', () => undefined);
    const note = (status: number): void => {
      const { method = '', headers } = request;
      this.asked.push({ kind, method, url: request.url ?? '', headers, status });
    };
    if (fault?.kind === 'cut' && fault.where === 'before') {
      note(0);
      socket.destroy();
      return;
    }
    const cutAt = fault?.kind === 'cut' && fault.where === 'in-body' ? fault.at : undefined;
    const arrived = await bodyOf(request, cutAt);
    const isWhole = arrived.length === bytes;
    const body = fault?.kind === 'damage' && kind === 'chunk' ? damaged(arrived) : arrived;
    const taken: Taken = { request, url, kind, body, ...changedBy(fault, kind) };
    // Of a request that did not arrive whole only a chunk has a meaning.
    if (!isWhole || cutAt !== undefined) {
      if (kind === 'chunk') this.#answer(taken);
      note(0);
      socket.destroy();
      return;
    }
    if (isCarriedOut(fault)) {
      let answer = this.#answer(taken);
      if (fault?.kind === 'twice') answer = this.#answer({ ...taken, isRepeated: true });
      note(answer.status);
      await give(answer, fault, response);
    } else {
      note(fault?.kind === 'status' ? fault.status : 0);
      await instead(fault, response, url);
    }
  }

  #answer(taken: Taken): Answer {
    try {
      return this.#carryOut(taken);
    } catch (error) {
      if (error instanceof DriveError) return { status: error.status, body: error.body() };
      throw error;
    }
  }

  #carryOut(taken: Taken): Answer {
    const { request, url, kind, body } = taken;
    for (const name of ['access_token', 'oauth_token', 'key'])
      if (url.searchParams.has(name)) this.violations.push(`${name} in an address`);
    if (kind === 'token') return this.#token(request, body);
    if (!this.tokens.accepts(request.headers.authorization))
      throw new DriveError(401, 'authError', 'Invalid Credentials');
    const id = decodeURIComponent(url.pathname.split('/')[4] ?? '');
    switch (kind) {
      case 'generate-ids': {
        const { count } = this.#parameters(url, ['count', 'space', 'type', 'fields'], ['fields']);
        return { status: 200, body: { ids: this.store.offerIds(this.#number(count, 10, 1000)) } };
      }
      case 'list':
        return this.#list(url);
      case 'get': {
        const { fields = '' } = this.#parameters(url, ['fields'], ['fields']);
        return { status: 200, body: resourceOf(this.store, this.store.get(id), fields.split(',')) };
      }
      case 'delete':
        this.#parameters(url, []);
        this.store.delete(id);
        return { status: 204 };
      case 'create-folder': {
        const { fields = '' } = this.#parameters(url, ['fields'], ['fields']);
        const metadata = this.#metadata(request, body);
        if (metadata.mimeType !== FOLDER) this.violations.push('a file without bytes');
        const made = this.store.create(metadata, undefined, FOLDER);
        return { status: 200, body: resourceOf(this.store, made, fields.split(',')) };
      }
      case 'begin':
        return this.#begin(taken);
      case 'status':
      case 'chunk':
        return this.#put(taken);
      default:
        this.violations.push(`${request.method ?? ''} ${url.pathname}`);
        throw new DriveError(404, 'notFound', 'Not Found');
    }
  }

  #token(request: http.IncomingMessage, body: Buffer): Answer {
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true)
      this.violations.push(`a form of type ${String(request.headers['content-type'])}`);
    const form = new URLSearchParams(body.toString());
    if (form.get('grant_type') !== 'refresh_token')
      this.violations.push(`grant_type ${String(form.get('grant_type'))}`);
    const { status, body: said } = this.tokens.refresh(form);
    return { status, body: said, headers: { 'cache-control': 'no-store' } };
  }

  #list(url: URL): Answer {
    const known = ['q', 'spaces', 'fields', 'pageSize', 'pageToken', 'orderBy'];
    const { q, spaces, fields, pageSize, pageToken, orderBy } = this.#parameters(url, known, ['q', 'fields']);
    if (spaces !== 'drive') this.violations.push(`a list of the spaces ${String(spaces)}`);
    if (orderBy !== undefined && orderBy !== 'createdTime')
      throw new DriveError(400, 'invalid', 'Invalid Value: orderBy');
    const selection = /^nextPageToken,files\(([\w,]+)\)$/.exec(fields ?? '')?.[1];
    if (selection === undefined) {
      this.violations.push(`fields=${String(fields)}: pages after the first would be missed`);
      throw new DriveError(400, 'invalidParameter', 'Invalid field selection');
    }
    const { files, next } = this.store.list({
      query: q ?? '',
      pageSize: this.#number(pageSize, 100, 1000),
      pageToken,
      isByAge: orderBy === 'createdTime',
    });
    const listed = files.map(file => resourceOf(this.store, file, selection.split(',')));
    return { status: 200, body: { files: listed, ...(next !== undefined && { nextPageToken: next }) } };
  }

  #begin({ request, url, body, location }: Taken): Answer {
    const { uploadType, fields = '' } = this.#parameters(url, ['uploadType', 'fields'], ['uploadType']);
    if (uploadType !== 'resumable') throw new DriveError(400, 'badRequest', 'Bad Request');
    const contentType = request.headers['x-upload-content-type'];
    const total = request.headers['x-upload-content-length'];
    if (typeof contentType !== 'string' || typeof total !== 'string' || !/^\d+$/.test(total)) {
      this.violations.push('a session without X-Upload-Content-Type and X-Upload-Content-Length');
      throw new DriveError(400, 'badRequest', 'Bad Request');
    }
    const session = this.sessions.begin({
      metadata: this.#metadata(request, body),
      contentType,
      total: Number(total),
      fields: fields.split(','),
    });
    const own = `${this.endpoints.upload}?uploadType=resumable&upload_id=${session}`;
    return { status: 200, headers: { location: location ?? own } };
  }

  #put({ request, url, body, most, isRepeated }: Taken): Answer {
    const { uploadType, upload_id: id = '' } = this.#parameters(
      url,
      ['uploadType', 'upload_id'],
      ['upload_id'],
    );
    if (uploadType !== 'resumable') this.violations.push('an address of a session that was not given out');
    const length = request.headers['content-length'];
    const progress = this.sessions.put(id, {
      contentRange: request.headers['content-range'],
      length: length === undefined ? undefined : Number(length),
      body,
      ...(most !== undefined && { most }),
      ...(isRepeated !== undefined && { isRepeated }),
    });
    if ('file' in progress)
      return { status: 200, body: resourceOf(this.store, progress.file, progress.fields) };
    const { received } = progress;
    return { status: 308, headers: received === 0 ? {} : { range: `bytes=0-${received - 1}` } };
  }

  /** The parameters of an address; others than the `known` are no part of the protocol, and each comes once. */
  #parameters(
    url: URL,
    known: readonly string[],
    needed: readonly string[] = [],
  ): Partial<Record<string, string>> {
    const names = [...url.searchParams.keys()];
    const wrong = names.filter((name, at) => !known.includes(name) || names.indexOf(name) !== at);
    const missing = needed.filter(name => !names.includes(name));
    if (wrong.length + missing.length > 0) {
      this.violations.push(`parameters: wrong ${wrong.join()}, missing ${missing.join()}`);
      throw new DriveError(400, 'invalidParameter', `Invalid parameter ${[...wrong, ...missing].join()}`);
    }
    return Object.fromEntries(url.searchParams);
  }

  #number(text: string | undefined, otherwise: number, most: number): number {
    if (text === undefined) return otherwise;
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most)
      throw new DriveError(400, 'invalidParameter', 'Values must be within the range');
    return value;
  }

  #metadata(request: http.IncomingMessage, body: Buffer): Metadata {
    if (request.headers['content-type'] !== 'application/json; charset=UTF-8')
      this.violations.push(`metadata of type ${String(request.headers['content-type'])}`);
    const known = ['id', 'name', 'mimeType', 'parents', 'appProperties'];
    try {
      const metadata = JSON.parse(body.toString()) as Metadata;
      const wrong = Object.keys(metadata).filter(key => !known.includes(key));
      if (wrong.length > 0) this.violations.push(`metadata ${wrong.join()}`);
      return metadata;
    } catch {
      throw new DriveError(400, 'parseError', 'Parse Error');
    }
  }
}

function kindOf({ method, headers }: http.IncomingMessage, { pathname }: URL): RequestKind {
  if (pathname === '/token' && method === 'POST') return 'token';
  if (pathname === '/upload/drive/v3/files') {
    if (method === 'POST') return 'begin';
    if (method !== 'PUT') return 'unknown';
    return /^bytes \*\/[1-9*]/.test(headers['content-range'] ?? '') ? 'status' : 'chunk';
  }
  if (pathname === '/drive/v3/files')
    return method === 'GET' ? 'list' : method === 'POST' ? 'create-folder' : 'unknown';
  if (pathname === '/drive/v3/files/generateIds' && method === 'GET') return 'generate-ids';
  if (!/^\/drive\/v3\/files\/[^/]+$/.test(pathname)) return 'unknown';
  return method === 'GET' ? 'get' : method === 'DELETE' ? 'delete' : 'unknown';
}

/** What a fault changes about how a request is carried out. */
function changedBy(fault: Fault | undefined, kind: RequestKind): Partial<Taken> {
  if (fault?.kind === 'partial') return { most: fault.kept };
  if (fault?.kind === 'address' && kind === 'begin') return { location: fault.location };
  return {};
}
