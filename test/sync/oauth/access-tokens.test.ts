import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { HttpClient } from '../../../src/sync/http/http-client.ts';
import { AccessTokens, type AccessTokensOptions } from '../../../src/sync/oauth/access-tokens.ts';
import { PassingFault, RefusedFault, SignInFault } from '../../../src/sync/targets/faults.ts';
import { StrictOAuthServer } from '../servers/oauth-server.ts';
import { failed } from '../servers/token-issuer.ts';

const CLIENT = { id: 'client', secret: 'GOCSPX-secret' };
const HOUR_MS = 3_600_000;

describe('access tokens', () => {
  let server: StrictOAuthServer;
  let http: HttpClient;
  let nowMs = 0;

  beforeEach(async () => {
    nowMs = 0;
    server = await StrictOAuthServer.start({
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scope: 'files',
      rotates: true,
      now: () => nowMs,
    });
    http = new HttpClient({ party: 'Google Drive' });
  });
  afterEach(async () => {
    http.close();
    await server.close();
    assert.deepEqual(server.violations, []);
  });

  const given = (options: Partial<AccessTokensOptions> = {}): AccessTokens =>
    new AccessTokens({
      server: server.description,
      client: CLIENT,
      http,
      refreshToken: server.issuer.signIn(),
      nowMs: () => nowMs,
      ...options,
    });
  const accepts = (token: string): boolean => server.issuer.accepts(`Bearer ${token}`);

  test('are asked for when they are needed, and a minute before they end', async () => {
    const tokens = given();
    assert.equal(server.forms.length, 0);
    const first = await tokens.get();
    nowMs = HOUR_MS - 62_000;
    assert.equal(await tokens.get(), first);
    assert.ok(accepts(first));
    nowMs = HOUR_MS - 60_000;
    const second = await tokens.get();
    assert.notEqual(second, first);
    nowMs = HOUR_MS + 1;
    assert.equal(accepts(first), false);
    assert.equal(await tokens.get(), second);
  });

  test('are asked for once by all who ask at the same time', async () => {
    const tokens = given();
    const got = await Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    assert.equal(new Set(got).size, 1);
    assert.equal(server.forms.length, 1);
    tokens.invalidate('another');
    assert.equal(await tokens.get(), got[0]);
    tokens.invalidate(got[0]);
    assert.notEqual(await tokens.get(), got[0]);
  });

  test('a request is not broken off when one who waits gives up, and its refresh token is kept', async () => {
    const kept: string[] = [];
    const tokens = given({ onRotated: token => Promise.resolve(void kept.push(token)) });
    const canceller = new AbortController();
    const reason = new Error('cancelled');
    const cancelled = tokens.get(canceller.signal);
    const other = tokens.get();
    canceller.abort(reason);
    await assert.rejects(cancelled, reason);
    await assert.rejects(tokens.get(canceller.signal), reason);
    assert.ok(accepts(await other));
    assert.equal(kept.length, 1);
    assert.ok(accepts(await given({ refreshToken: kept[0] }).get()));
  });

  test('a new refresh token is kept before its access token is used; when it cannot be, that is tried again first', async () => {
    const kept: string[] = [];
    let isFull = true;
    const tokens = given({
      onRotated: token =>
        isFull ? Promise.reject(new Error('ENOSPC /home/user')) : Promise.resolve(void kept.push(token)),
    });
    for (let tries = 0; tries < 3; tries++)
      await assert.rejects(tokens.get(), (error: unknown) => {
        assert.ok(error instanceof PassingFault);
        assert.doesNotMatch(error.message, /home/);
        return true;
      });
    assert.equal(server.forms.length, 1);
    isFull = false;
    assert.ok(accepts(await tokens.get()));
    assert.equal(kept.length, 2);
  });

  test('are not there before a sign-in, nor without a client id', async () => {
    await assert.rejects(given({ refreshToken: undefined }).get(), SignInFault);
    await assert.rejects(given({ client: { id: '' } }).get(), (error: unknown) => {
      assert.ok(error instanceof RefusedFault);
      assert.match(error.remedy, /cloud\.gdrive\.client_id/);
      return true;
    });
    await given({ refreshToken: undefined }).revoke();
    assert.equal(server.forms.length, 0);
  });

  test('end when the permission is taken back, here or there', async () => {
    const tokens = given();
    await tokens.get();
    server.issuer.revokeAll();
    nowMs = HOUR_MS;
    await assert.rejects(tokens.get(), (error: unknown) => {
      assert.ok(error instanceof SignInFault);
      assert.match(error.remedy, /Sign in to Google Drive again/);
      return true;
    });
    await tokens.revoke();
    const others = given();
    const token = await others.get();
    await others.revoke();
    assert.equal(accepts(token), false);
    await assert.rejects(others.get(), SignInFault);
  });

  test('an endpoint that refuses the client, or cannot answer, is told from one that does not know the user', async () => {
    const answered = async (status: number, error: string): Promise<unknown> => {
      server.behaviour = { token: () => failed(status, error, 'Visit https://elsewhere.example') };
      return given()
        .get()
        .catch((fault: unknown) => fault);
    };
    assert.ok((await answered(400, 'invalid_grant')) instanceof SignInFault);
    assert.ok((await answered(401, 'invalid_client')) instanceof RefusedFault);
    assert.ok((await answered(400, 'unauthorized_client')) instanceof RefusedFault);
    assert.ok((await answered(400, 'temporarily_unavailable')) instanceof PassingFault);
    assert.ok((await answered(500, 'internal_failure')) instanceof PassingFault);
    const fault = await answered(400, 'elsewhere.example');
    assert.ok(fault instanceof RefusedFault);
    assert.doesNotMatch(inspect(fault), /elsewhere/);
  });

  test('show nothing when they are printed', async () => {
    const refreshToken = server.issuer.signIn();
    const tokens = given({ refreshToken });
    const token = await tokens.get();
    const printed = `${inspect(tokens, { depth: 9, showHidden: true })} ${JSON.stringify(tokens)}`;
    for (const secret of [refreshToken, token, CLIENT.secret]) assert.ok(!printed.includes(secret));
    for (const address of server.addresses) assert.doesNotMatch(address, /\?/);
  });
});
