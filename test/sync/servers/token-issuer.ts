import { randomBytes } from 'node:crypto';

export interface IssuerOptions {
  readonly clientId: string;
  /** The client's secret, where it has one: demanded then, and refused otherwise. */
  readonly clientSecret?: string;
  readonly scope: string;
  /** Whether each refresh gives a new refresh token and ends the one before. Google's do not. */
  readonly rotates?: boolean;
  readonly accessSeconds?: number;
  readonly now?: () => number;
}

export interface FormReply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/**
 * Issues, refreshes and ends the tokens of one client and one user, as a token endpoint does (RFC 6749, 6750, 7009): access
 * tokens expire; where refresh tokens rotate, one that is used again ends everything (RFC 9700, 4.14.2).
 */
export class TokenIssuer {
  readonly options: IssuerOptions;
  readonly #now: () => number;
  /** Moments at which they expire. */
  readonly #access = new Map<string, number>();
  #refresh = new Set<string>();
  readonly #used = new Set<string>();

  constructor(options: IssuerOptions) {
    this.options = options;
    this.#now = options.now ?? Date.now;
  }

  /** A refresh token, as after a sign-in. */
  signIn(): string {
    const token = `1//refresh-${randomBytes(16).toString('hex')}`;
    this.#refresh.add(token);
    return token;
  }

  /** What a sign-in or a refresh answers; with a refresh token where one is given. */
  tokens(refreshToken?: string): Record<string, unknown> {
    const { scope, accessSeconds = 3599 } = this.options;
    const token = `ya29.access-${randomBytes(16).toString('hex')}`;
    this.#access.set(token, this.#now() + accessSeconds * 1000);
    return {
      access_token: token,
      expires_in: accessSeconds,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      scope,
      token_type: 'Bearer',
    };
  }

  /** Whether an `Authorization` header has an access token that is good now. */
  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1];
    return token !== undefined && (this.#access.get(token) ?? 0) > this.#now();
  }

  /** Ends all access tokens before their time. */
  expireAccess(): void {
    this.#access.clear();
  }

  /** Ends everything, as when the user takes the permission back. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh = new Set();
  }

  /** Answers `grant_type=refresh_token` (RFC 6749, 6). */
  refresh(form: URLSearchParams): FormReply {
    const refused = this.refuseClient(form);
    if (refused) return refused;
    const token = form.get('refresh_token') ?? '';
    if (this.#used.has(token)) this.revokeAll();
    if (!this.#refresh.has(token)) return failed(400, 'invalid_grant', 'Token has been expired or revoked.');
    if (this.options.rotates !== true) return { status: 200, body: this.tokens() };
    this.#refresh.delete(token);
    this.#used.add(token);
    return { status: 200, body: this.tokens(this.signIn()) };
  }

  /** Answers a request for revocation (RFC 7009): as Google, all of the grant ends with one token of it. */
  revoke(form: URLSearchParams): FormReply {
    const token = form.get('token') ?? '';
    if (!this.#refresh.has(token) && !this.#access.has(token))
      return failed(400, 'invalid_token', 'Token expired.');
    this.revokeAll();
    return { status: 200, body: {} };
  }

  /** Why a client is not ours; `undefined` when it is. */
  refuseClient(form: URLSearchParams): FormReply | undefined {
    const { clientId, clientSecret } = this.options;
    return form.get('client_id') === clientId && (form.get('client_secret') ?? undefined) === clientSecret
      ? undefined
      : failed(401, 'invalid_client', 'The OAuth client was not found.');
  }
}

export function failed(status: number, error: string, description: string): FormReply {
  return { status, body: { error, error_description: description } };
}
