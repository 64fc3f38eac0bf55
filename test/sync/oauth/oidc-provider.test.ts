import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, mock, test } from 'node:test';
import { HttpClient } from '../../../src/sync/http/http-client.ts';
import { AccessTokens } from '../../../src/sync/oauth/access-tokens.ts';
import type { OAuthClient, OAuthServer } from '../../../src/sync/oauth/oauth-server.ts';
import { SignIn } from '../../../src/sync/oauth/sign-in.ts';
import { SignInError } from '../../../src/sync/oauth/sign-in-error.ts';
import { SignInFault } from '../../../src/sync/targets/faults.ts';
import { ScriptedBrowser, type Visit } from './browser.ts';

const PUBLIC: OAuthClient = { id: 'optimetrics' };
const DESKTOP: OAuthClient = { id: 'optimetrics-desktop', secret: 'a-secret-that-is-none-0123456789' };

/** `oidc-provider` is a certified implementation: what it takes for a good request is one. */
describe('with the authorization server oidc-provider', () => {
  const listener = http.createServer();
  const client = new HttpClient({ party: 'Google Drive' });
  let server: OAuthServer;
  let userinfo = '';

  before(async () => {
    // It warns of what a server for real users should have.
    mock.method(console, 'warn', () => undefined);
    mock.method(console, 'info', () => undefined);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const issuer = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const { Provider } = await import('oidc-provider');
    const native = {
      application_type: 'native' as const,
      redirect_uris: ['http://127.0.0.1/'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code' as const],
    };
    const provider = new Provider(issuer, {
      clients: [
        { ...native, client_id: PUBLIC.id, token_endpoint_auth_method: 'none' },
        {
          ...native,
          client_id: DESKTOP.id,
          client_secret: DESKTOP.secret ?? '',
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      pkce: { required: () => true },
      rotateRefreshToken: true,
      features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
      cookies: { keys: ['a key of the test'] },
      ttl: {
        AccessToken: 3600,
        RefreshToken: 86_400,
        Interaction: 600,
        Session: 600,
        Grant: 86_400,
        IdToken: 600,
      },
    });
    const handle = provider.callback();
    listener.on('request', (request, response) => void handle(request, response));
    const discovery = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      string
    >;
    const { authorization_endpoint, token_endpoint, revocation_endpoint, userinfo_endpoint } = discovery;
    userinfo = userinfo_endpoint ?? '';
    server = {
      party: 'the server',
      issuer,
      authorization: authorization_endpoint ?? '',
      token: token_endpoint ?? '',
      revocation: revocation_endpoint ?? '',
      scope: 'openid offline_access',
      parameters: { prompt: 'consent' },
    };
  });
  after(() => {
    mock.restoreAll();
    client.close();
    listener.closeAllConnections();
    listener.close();
  });

  const begin = (as = PUBLIC): Promise<SignIn> => SignIn.begin({ server, client: as, http: client });
  const isOurs = (address: string): boolean => !address.startsWith(server.issuer);

  /** The user logs in and agrees. */
  async function agree(one: SignIn, isEnd?: (address: string) => boolean): Promise<Visit> {
    const browser = new ScriptedBrowser();
    const login = await browser.open(one.address);
    const consent = await browser.submit(login, { login: 'user', password: 'any' });
    return browser.submit(consent, {}, isEnd);
  }

  async function isGood(token: string): Promise<boolean> {
    return (await fetch(userinfo, { headers: { authorization: `Bearer ${token}` } })).ok;
  }

  for (const [what, as] of Object.entries({ 'a public client': PUBLIC, 'a desktop client': DESKTOP }))
    test(`signs in as ${what}, and gives access tokens while refresh tokens rotate`, async () => {
      const one = await begin(as);
      const page = await agree(one);
      assert.match(page.html, /You can close this page/);
      const kept = [await one.finished];
      const tokens = new AccessTokens({
        server,
        client: as,
        http: client,
        refreshToken: kept[0],
        onRotated: refreshToken => Promise.resolve(void kept.push(refreshToken)),
      });
      const first = await tokens.get();
      assert.ok(await isGood(first));
      assert.equal(await tokens.get(), first);
      tokens.invalidate(first);
      const second = await tokens.get();
      assert.notEqual(second, first);
      assert.ok(await isGood(second));
      assert.equal(new Set(kept).size, 3, 'each refresh has given another refresh token');

      // What was kept last goes on after a restart; what was used up ends everything.
      const restarted = new AccessTokens({ server, client: as, http: client, refreshToken: kept.at(-1) });
      assert.ok(await isGood(await restarted.get()));
      const outdated = new AccessTokens({ server, client: as, http: client, refreshToken: kept[0] });
      await assert.rejects(outdated.get(), SignInFault);
      assert.equal(await isGood(second), false);
    });

  test('takes the permission back', async () => {
    const one = await begin();
    await agree(one);
    const refreshToken = await one.finished;
    const tokens = new AccessTokens({ server, client: PUBLIC, http: client, refreshToken });
    await tokens.get();
    await tokens.revoke();
    await assert.rejects(tokens.get(), SignInFault);
    const again = new AccessTokens({ server, client: PUBLIC, http: client, refreshToken });
    await assert.rejects(again.get(), SignInFault);
    await again.revoke();
  });

  test('tells a no of the user', async () => {
    const one = await begin();
    const browser = new ScriptedBrowser();
    const login = await browser.open(one.address);
    const abort = /href="([^"]+\/abort)"/.exec(login.html)?.[1];
    assert.ok(abort);
    await browser.open(new URL(abort, login.address).href);
    await assert.rejects(one.finished, (error: unknown) => {
      assert.ok(error instanceof SignInError);
      assert.equal(error.reason, 'denied');
      return true;
    });
  });

  test('takes the pasted address when the browser cannot come back, and the code', async () => {
    const byAddress = await begin();
    byAddress.paste((await agree(byAddress, isOurs)).address);
    assert.ok(await byAddress.finished);
    const byCode = await begin();
    byCode.paste(new URL((await agree(byCode, isOurs)).address).searchParams.get('code') ?? '');
    assert.ok(await byCode.finished);
  });

  test('takes no code that was issued to another sign-in', async () => {
    const [one, other] = [await begin(), await begin()];
    const { address } = await agree(one, isOurs);
    assert.throws(() => other.paste(address), SignInError);
    other.paste(new URL(address).searchParams.get('code') ?? '');
    await assert.rejects(other.finished, (error: unknown) => {
      assert.ok(error instanceof SignInError);
      assert.equal(error.reason, 'spent');
      return true;
    });
    one.close();
  });

  test('tells that the secret is another', async () => {
    const one = await begin({ id: DESKTOP.id, secret: 'another' });
    await agree(one);
    await assert.rejects(one.finished, (error: unknown) => {
      assert.ok(error instanceof SignInError);
      assert.equal(error.reason, 'client');
      return true;
    });
  });
});
