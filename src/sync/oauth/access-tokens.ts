import { PassingFault, RefusedFault, SignInFault } from '../targets/faults.ts';
import { GOOGLE } from './google.ts';
import type { OAuthServer } from './oauth-server.ts';
import { plainCode } from './sign-in-error.ts';
import { refreshTokens, revokeToken, type TokenParty, TokenRefusal } from './token-requests.ts';

/** An access token is not used in its last minute: a request takes time, and clocks differ. */
const MARGIN_MS = 60_000;
/** How long a token is believed to be good when the server does not say. */
const ASSUMED_LIFETIME_MS = 600_000;

const SIGN_IN = 'Sign in to Google Drive again';

export interface AccessTokensOptions extends Omit<TokenParty, 'server'> {
  /** Google when left out. */
  readonly server?: OAuthServer;
  /** `undefined` when nobody has signed in yet. */
  readonly refreshToken: string | undefined;
  /** Keeps a refresh token that takes the place of the one before; it resolves when it is kept. */
  readonly onRotated?: (refreshToken: string) => Promise<void>;
  /** Monotonic, in milliseconds. */
  readonly nowMs?: () => number;
}

/** Gives access tokens for a refresh token. Neither is shown when it is printed. */
export class AccessTokens {
  readonly #party: TokenParty;
  readonly #onRotated: (refreshToken: string) => Promise<void>;
  readonly #nowMs: () => number;
  #refreshToken: string | undefined;
  /** Whether the refresh token has yet to be kept. */
  #isUnkept = false;
  #access: { readonly token: string; readonly untilMs: number } | undefined;
  #flight: Promise<string> | undefined;

  constructor({ server = GOOGLE, client, http, refreshToken, onRotated, nowMs }: AccessTokensOptions) {
    this.#party = { server, client, http };
    this.#refreshToken = refreshToken;
    this.#onRotated = onRotated ?? (() => Promise.resolve());
    this.#nowMs = nowMs ?? (() => performance.now());
  }

  /**
   * An access token that should be good. Those who ask at the same time wait for the same request, and that is not broken off
   * when one of them gives up: the answer may have a refresh token that comes only once.
   *
   * @throws SignInFault when nobody has signed in, or the permission has been taken back
   * @throws RefusedFault when the server does not want this client
   * @throws PassingFault when it cannot be reached, or a new refresh token cannot be kept
   * @throws the signal's reason
   */
  async get(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    if (this.#access && this.#nowMs() < this.#access.untilMs) return this.#access.token;
    this.#flight ??= this.#refresh().finally(() => (this.#flight = undefined));
    return orAborted(this.#flight, signal);
  }

  /** Forgets an access token that a server did not want. */
  invalidate(token: string): void {
    if (this.#access?.token === token) this.#access = undefined;
  }

  /** Takes the permission back, at the server too. Rejects as {@link get}, but not for what is not known there any more. */
  async revoke(signal?: AbortSignal): Promise<void> {
    const token = this.#refreshToken;
    if (token === undefined) return;
    try {
      await revokeToken(this.#party, token, signal);
    } catch (error) {
      throw this.#fault(error);
    }
    this.#refreshToken = undefined;
    this.#access = undefined;
  }

  async #refresh(): Promise<string> {
    const { client } = this.#party;
    if (client.id === '')
      throw new RefusedFault(
        'there is no client id for Google Drive',
        'Set cloud.gdrive.client_id; docs/upload-google-drive.md says how to make one',
      );
    await this.#keep();
    if (this.#refreshToken === undefined)
      throw new SignInFault('nobody has signed in to Google Drive yet', SIGN_IN.replace(' again', ''));
    try {
      const tokens = await refreshTokens(this.#party, this.#refreshToken);
      const { accessToken, lifetimeMs = ASSUMED_LIFETIME_MS, refreshToken } = tokens;
      this.#access = { token: accessToken, untilMs: this.#nowMs() + lifetimeMs - MARGIN_MS };
      if (refreshToken !== undefined && refreshToken !== this.#refreshToken) {
        this.#refreshToken = refreshToken;
        this.#isUnkept = true;
      }
      await this.#keep();
      return accessToken;
    } catch (error) {
      throw this.#fault(error);
    }
  }

  async #keep(): Promise<void> {
    if (!this.#isUnkept || this.#refreshToken === undefined) return;
    try {
      await this.#onRotated(this.#refreshToken);
    } catch {
      this.#access = undefined;
      throw new PassingFault('the renewed sign-in cannot be kept on this machine');
    }
    this.#isUnkept = false;
  }

  #fault(error: unknown): unknown {
    if (!(error instanceof TokenRefusal)) return error;
    const { party } = this.#party.server;
    if (error.code === 'invalid_grant')
      return new SignInFault(`${party} does not know this sign-in any more`, SIGN_IN);
    if (error.code === 'temporarily_unavailable' || error.code === 'server_error')
      return new PassingFault(`${party} cannot answer just now`);
    return new RefusedFault(
      `${party} refuses this client: ${plainCode(error.code)}`,
      'Check cloud.gdrive.client_id, and sign in again with the secret that belongs to it',
    );
  }
}

/** What a promise comes to, or the signal's reason when that is first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
