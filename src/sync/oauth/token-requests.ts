import * as oauth from 'oauth4webapi';
import type { HttpClient } from '../http/http-client.ts';
import { replyFault } from '../http/reply-fault.ts';
import { PassingFault, RefusedFault, TargetFault } from '../targets/faults.ts';
import type { Answer, Attempt } from './attempt.ts';
import type { OAuthClient, OAuthServer } from './oauth-server.ts';

const MOST_REPLY_BYTES = 65_536;

/** With whom, as whom and by what to speak. */
export interface TokenParty {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly http: HttpClient;
}

export interface Tokens {
  readonly accessToken: string;
  /** How long the access token is good, in milliseconds; `undefined` when the server does not say. */
  readonly lifetimeMs: number | undefined;
  /** The refresh token, when there is a new one. */
  readonly refreshToken: string | undefined;
  /** What was granted, when it is not all that was asked for; servers may say it always. */
  readonly scope: string | undefined;
}

/** The token endpoint answers with an error of RFC 6749, 5.2: `invalid_grant`, `invalid_client`, … */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  readonly code: string;

  constructor(code: string) {
    super('the token endpoint refuses');
    this.code = code;
  }
}

/**
 * Redeems a code. Secrets go in the form, never in an address.
 *
 * @throws TokenRefusal
 * @throws PassingFault or RefusedFault when the server gives no such answer
 */
export function exchangeCode(
  party: TokenParty,
  attempt: Attempt,
  answer: Answer,
  signal?: AbortSignal,
): Promise<Tokens> {
  const { redirectUri, verifier } = attempt;
  return ask(party, async (server, client, authentication, options) =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        answer,
        redirectUri,
        verifier,
        options(signal),
      ),
    ),
  );
}

/** Gets a new access token. Throws as {@link exchangeCode}. */
export function refreshTokens(party: TokenParty, refreshToken: string): Promise<Tokens> {
  return ask(party, async (server, client, authentication, options) =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, options()),
    ),
  );
}

/**
 * Ends a permission (RFC 7009). Resolves as well when the server does not know the token any more.
 *
 * Throws as {@link exchangeCode}.
 */
export async function revokeToken(party: TokenParty, token: string, signal?: AbortSignal): Promise<void> {
  const { server, client, authentication, options } = described(party);
  try {
    const response = await oauth.revocationRequest(server, client, authentication, token, options(signal));
    await oauth.processRevocationResponse(response);
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_token') return;
    throw plainly(error, party);
  }
}

type Options = (signal?: AbortSignal) => oauth.TokenEndpointRequestOptions;

async function ask(
  party: TokenParty,
  request: (
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    options: Options,
  ) => Promise<oauth.TokenEndpointResponse>,
): Promise<Tokens> {
  const { server, client, authentication, options } = described(party);
  try {
    const reply = await request(server, client, authentication, options);
    return {
      accessToken: reply.access_token,
      lifetimeMs: reply.expires_in === undefined ? undefined : reply.expires_in * 1000,
      refreshToken: reply.refresh_token,
      scope: reply.scope,
    };
  } catch (error) {
    throw plainly(error, party);
  }
}

function described(party: TokenParty): {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  authentication: oauth.ClientAuth;
  options: Options;
} {
  const { server, client } = party;
  return {
    server: { issuer: server.issuer, token_endpoint: server.token, revocation_endpoint: server.revocation },
    client: { client_id: client.id },
    authentication: client.secret === undefined ? oauth.None() : oauth.ClientSecretPost(client.secret),
    // Our own client decides where plain http may go: to this machine.
    options: signal => ({
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      [oauth.allowInsecureRequests]: true,
      [oauth.customFetch]: transport(party, signal),
    }),
  };
}

/** Sends the library's requests by our own client, which bounds the answers and follows no redirect. */
function transport({ http, server }: TokenParty, signal: AbortSignal | undefined) {
  return async (
    url: string,
    { headers, body }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const reply = await http.request({
      method: 'POST',
      url,
      headers,
      body: Buffer.from(body.toString()),
      mostReplyBytes: MOST_REPLY_BYTES,
      ...(signal ? { signal } : {}),
    });
    const { status } = reply;
    const isOfProtocol = status === 200 || status === 400 || status === 401 || status === 403;
    if (!isOfProtocol) throw replyFault(reply, { party: server.party, signIn: 'Sign in again' });
    return new Response(new Uint8Array(reply.body), {
      status,
      headers: { 'content-type': reply.headers['content-type'] ?? '' },
    });
  };
}

/** The library's errors carry whole answers; what becomes of them here carries a code at most. */
function plainly(error: unknown, { server }: TokenParty): unknown {
  if (error instanceof TargetFault) return error;
  if (error instanceof oauth.ResponseBodyError) return new TokenRefusal(error.error);
  if (error instanceof oauth.OperationProcessingError) {
    // Whatever stands between, as a network that wants a sign-in of its own, may answer for the server.
    return new PassingFault(`${server.party} answers with something that is no answer of such a server`);
  }
  if (error instanceof oauth.UnsupportedOperationError)
    return new RefusedFault(
      `${server.party} gives tokens of a kind that is not known here`,
      'Report it to the authors of OptiMetrics',
    );
  return error;
}
