import { createHash, timingSafeEqual } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { OAuthClient, OAuthServer } from './oauth-server.ts';
import { plainCode, SignInError } from './sign-in-error.ts';

/** The answer to an authorization request, after it was found to be one to ours. */
export type Answer = URLSearchParams;

/**
 * One attempt to get a permission: the authorization request with what only we know of it (RFC 6749, 4.1.1; RFC 7636), and the
 * check of what comes back.
 */
export class Attempt {
  /** To be opened in the user's browser. Of what is secret it has only the hash. */
  readonly address: string;
  readonly redirectUri: string;
  readonly #server: OAuthServer;
  readonly #client: OAuthClient;
  readonly #state: string;
  readonly #verifier: string;

  private constructor(
    server: OAuthServer,
    client: OAuthClient,
    redirectUri: string,
    { state, verifier, challenge }: { state: string; verifier: string; challenge: string },
  ) {
    this.#server = server;
    this.#client = client;
    this.redirectUri = redirectUri;
    this.#state = state;
    this.#verifier = verifier;
    const address = new URL(server.authorization);
    address.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: redirectUri,
      scope: server.scope,
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...server.parameters,
    }).toString();
    this.address = address.href;
  }

  static async begin(server: OAuthServer, client: OAuthClient, redirectUri: string): Promise<Attempt> {
    const verifier = oauth.generateRandomCodeVerifier();
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    return new Attempt(server, client, redirectUri, {
      state: oauth.generateRandomState(),
      verifier,
      challenge,
    });
  }

  /** What the code is redeemed with, for the token endpoint alone. */
  get verifier(): string {
    return this.#verifier;
  }

  /**
   * Checks what came back: that it answers this very request, comes from the server that was asked, and has a code.
   *
   * @throws SignInError
   */
  accept(parameters: URLSearchParams): Answer {
    if (!isSame(parameters.get('state') ?? '', this.#state))
      throw new SignInError(
        'foreign',
        'an answer came that does not belong to this sign-in; nothing was taken from it. Sign in again',
      );
    const { party, issuer } = this.#server;
    let answer: Answer;
    try {
      answer = oauth.validateAuthResponse(
        { issuer },
        { client_id: this.#client.id },
        parameters,
        this.#state,
      );
    } catch (error) {
      if (error instanceof oauth.AuthorizationResponseError) throw refusal(party, parameters.get('error'));
      if (parameters.getAll('iss').some(iss => iss !== issuer))
        throw new SignInError(
          'foreign',
          `the answer does not come from ${party}; nothing was taken from it. Sign in again`,
        );
      throw new SignInError('refused', `the answer of ${party} makes no sense. Sign in again`);
    }
    const codes = answer.getAll('code');
    if (codes.length !== 1 || codes[0] === '')
      throw new SignInError('no-code', `there is no code in the answer of ${party}. Sign in again`);
    return answer;
  }

  /**
   * Finds the answer in what the user has pasted: the address that the browser could not open, a part of it, or the code. The
   * state of an address is checked. A code alone has none: that it is one for this attempt is seen when it is redeemed with the
   * verifier.
   *
   * @throws SignInError
   */
  acceptPasted(text: string): Answer {
    const pasted = text.trim().replace(/^[<"'“]+|[>"'”]+$/g, '');
    const query = /(?:^|[?&])((?:code|error|state|iss|scope)=[^#\s]*)/.exec(pasted)?.[1];
    if (query !== undefined) {
      const parameters = new URLSearchParams(query);
      if (parameters.has('code') || parameters.has('error')) return this.accept(parameters);
    } else if (/^[\w\-./~%+=]{8,2048}$/.test(pasted) && !/^(https?:|www\.)/i.test(pasted)) {
      return this.accept(new URLSearchParams({ code: decoded(pasted), state: this.#state }));
    }
    throw new SignInError(
      'no-code',
      'there is no code in what was pasted. Paste the whole address that the browser shows after you have given the permission: it begins with http://127.0.0.1',
    );
  }
}

/** A code that was copied out of an address is as it is written there. */
function decoded(code: string): string {
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}

function refusal(party: string, code: string | null): SignInError {
  if (code === 'access_denied')
    return new SignInError('denied', 'the permission was not given, so nothing has changed');
  if (code === 'temporarily_unavailable' || code === 'server_error')
    return new SignInError('refused', `${party} cannot answer just now (${code}). Sign in again later`);
  return new SignInError('refused', `${party} refuses the sign-in: ${plainCode(code)}`);
}

/** Compares without telling by its time where the difference is. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
