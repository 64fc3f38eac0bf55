import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OAuthServer } from '../../../src/sync/oauth/oauth-server.ts';
import { failed, type FormReply, TokenIssuer, type IssuerOptions } from './token-issuer.ts';

/** What an authorization server can do wrong, or a user. */
export interface Behaviour {
  /** Changes what the browser is sent back with. */
  readonly answer?: (parameters: URLSearchParams) => void;
  /** Answers a request to the token endpoint in place of the issuer. */
  readonly token?: (form: URLSearchParams) => (FormReply & { readonly text?: string }) | undefined;
}

interface Issued {
  readonly redirectUri: string;
  readonly challenge: string;
}

/**
 * An authorization server that is strict about what RFC 6749, 7636 and 8252 ask of a program that is installed: PKCE with S256,
 * a state that cannot be guessed, a redirect to a literal loopback address, each code good once and with its verifier only,
 * secrets in forms and nowhere else. The user agrees at once. What it finds wrong is noted in `violations`.
 */
export class StrictOAuthServer {
  readonly violations: string[] = [];
  readonly issuer: TokenIssuer;
  /** Every request's address. */
  readonly addresses: string[] = [];
  /** Forms that came to the token endpoint. */
  readonly forms: URLSearchParams[] = [];
  behaviour: Behaviour = {};
  readonly #codes = new Map<string, Issued>();
  readonly #states = new Set<string>();
  readonly #server: http.Server;

  private constructor(options: IssuerOptions) {
    this.issuer = new TokenIssuer(options);
    this.#server = http.createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  static async start(options: IssuerOptions): Promise<StrictOAuthServer> {
    const server = new StrictOAuthServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** How a client finds it. */
  get description(): OAuthServer {
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return {
      party: 'the sign-in of the test',
      issuer: origin,
      authorization: `${origin}/auth`,
      token: `${origin}/token`,
      revocation: `${origin}/revoke`,
      scope: this.issuer.options.scope,
      parameters: { access_type: 'offline', prompt: 'consent' },
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.addresses.push(request.url ?? '');
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/auth' && request.method === 'GET') {
      const location = this.#authorize(url.searchParams);
      response
        .writeHead(location === undefined ? 400 : 302, location === undefined ? {} : { location })
        .end();
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const form = new URLSearchParams(Buffer.concat(pieces).toString());
    const type = request.headers['content-type'] ?? '';
    if (
      request.method !== 'POST' ||
      !type.startsWith('application/x-www-form-urlencoded') ||
      url.search !== ''
    )
      this.violations.push(`${String(request.method)} ${String(request.url)} ${type}`);
    this.forms.push(form);
    const reply =
      url.pathname === '/token'
        ? (this.behaviour.token?.(form) ?? this.#token(form))
        : url.pathname === '/revoke'
          ? this.issuer.revoke(form)
          : failed(404, 'invalid_request', 'no such endpoint');
    const text = 'text' in reply && reply.text !== undefined ? reply.text : JSON.stringify(reply.body);
    response.writeHead(reply.status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(text);
  }

  /** Where the browser goes on; nothing for a request that may not be answered by a redirect. */
  #authorize(query: URLSearchParams): string | undefined {
    const { clientId, scope } = this.issuer.options;
    const state = query.get('state') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    const challenge = query.get('code_challenge') ?? '';
    const wrong = [
      query.get('response_type') !== 'code' && 'response_type',
      query.get('client_id') !== clientId && 'client_id',
      query.get('scope') !== scope && 'scope',
      !/^http:\/\/127\.0\.0\.1:\d+\/$/.test(redirectUri) && `redirect_uri ${redirectUri}`,
      query.get('code_challenge_method') !== 'S256' && 'code_challenge_method',
      !/^[\w-]{43}$/.test(challenge) && 'code_challenge',
      (state.length < 22 || this.#states.has(state)) && 'state',
      query.get('access_type') !== 'offline' && 'access_type',
      [...query.keys()].some((name, at, names) => names.indexOf(name) !== at) && 'a parameter twice',
      ['client_secret', 'code_verifier'].some(name => query.has(name)) && 'a secret in an address',
    ].filter(one => one !== false);
    this.#states.add(state);
    if (wrong.length > 0) {
      this.violations.push(...wrong);
      return undefined;
    }
    const code = `4/0A${randomBytes(24).toString('base64url')}`;
    this.#codes.set(code, { redirectUri, challenge });
    const parameters = new URLSearchParams({ state, iss: this.description.issuer, code, scope });
    this.behaviour.answer?.(parameters);
    return `${redirectUri}?${parameters.toString()}`;
  }

  #token(form: URLSearchParams): FormReply {
    if (form.get('grant_type') === 'refresh_token') return this.issuer.refresh(form);
    const refused = this.issuer.refuseClient(form);
    if (refused) return refused;
    if (form.get('grant_type') !== 'authorization_code') return failed(400, 'unsupported_grant_type', '');
    const code = form.get('code') ?? '';
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const isOurs =
      /^[\w\-.~]{43,128}$/.test(verifier) &&
      createHash('sha256').update(verifier).digest('base64url') === issued?.challenge &&
      form.get('redirect_uri') === issued.redirectUri;
    if (!isOurs) return failed(400, 'invalid_grant', 'Bad Request');
    return { status: 200, body: this.issuer.tokens(this.issuer.signIn()) };
  }
}
