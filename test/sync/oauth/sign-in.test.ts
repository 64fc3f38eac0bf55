import assert from 'node:assert/strict';
import net from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { HttpClient } from '../../../src/sync/http/http-client.ts';
import { Attempt } from '../../../src/sync/oauth/attempt.ts';
import { GOOGLE } from '../../../src/sync/oauth/google.ts';
import { ENGLISH } from '../../../src/sync/oauth/page.ts';
import { SignIn, type SignInOptions } from '../../../src/sync/oauth/sign-in.ts';
import { SignInError, type SignInFailure } from '../../../src/sync/oauth/sign-in-error.ts';
import { PassingFault, RefusedFault } from '../../../src/sync/targets/faults.ts';
import { StrictOAuthServer } from '../servers/oauth-server.ts';

const CLIENT = { id: 'client-of-the-test.apps.googleusercontent.com', secret: 'GOCSPX-secret' };

describe('a sign-in', () => {
  let server: StrictOAuthServer;
  let http: HttpClient;
  let under: SignIn[] = [];

  beforeEach(async () => {
    server = await StrictOAuthServer.start({
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scope: GOOGLE.scope,
    });
    http = new HttpClient({ party: 'Google Drive' });
  });
  afterEach(async () => {
    for (const one of under) one.close();
    under = [];
    http.close();
    await server.close();
    assert.deepEqual(server.violations, []);
  });

  async function begin(options: Partial<SignInOptions> = {}): Promise<SignIn> {
    const one = await SignIn.begin({ server: server.description, client: CLIENT, http, ...options });
    under.push(one);
    return one;
  }

  /** Where the browser is sent back to after the user has agreed. */
  async function sentBackTo(one: SignIn): Promise<string> {
    const response = await fetch(one.address, { redirect: 'manual' });
    const location = response.headers.get('location');
    assert.ok(location, 'the authorization request is a good one');
    return location;
  }

  async function assertFails(one: SignIn, reason: SignInFailure, message: RegExp): Promise<void> {
    await assert.rejects(one.finished, (error: unknown) => {
      assert.ok(error instanceof SignInError, String(error));
      assert.equal(error.reason, reason);
      assert.match(error.message, message);
      assert.equal(error.cause, undefined);
      return true;
    });
  }

  test('gives the refresh token, and nothing listens any more', async () => {
    const one = await begin();
    const back = await sentBackTo(one);
    const page = await fetch(back);
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.ok(html.includes(ENGLISH.done));
    assert.doesNotMatch(html, /<script|http|href|src=/);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.match(await one.finished, /^1\/\/refresh-/);
    await assert.rejects(fetch(back), 'the port is closed');
  });

  test('works for a client that has no secret', async () => {
    const open = await StrictOAuthServer.start({ clientId: 'public', scope: 'files' });
    try {
      const one = await begin({ server: open.description, client: { id: 'public' } });
      await fetch(await sentBackTo(one));
      assert.match(await one.finished, /^1\/\/refresh-/);
      assert.deepEqual(open.violations, []);
    } finally {
      await open.close();
    }
  });

  test('listens on the literal 127.0.0.1 alone', async () => {
    const one = await begin();
    const { hostname, port } = new URL(new URL(one.address).searchParams.get('redirect_uri') ?? '');
    assert.equal(hostname, '127.0.0.1');
    const reaches = (host: string): Promise<boolean> =>
      new Promise(resolve => {
        const socket = net.connect(Number(port), host);
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
      });
    assert.equal(await reaches('127.0.0.1'), true);
    assert.equal(await reaches('127.0.0.2'), false);
    assert.equal(await reaches('::1'), false);
  });

  test('is not ended by what is no answer, and by nobody who only connects', async () => {
    const one = await begin();
    const back = await sentBackTo(one);
    const { origin, port, search } = new URL(back);
    const idle = net.connect(Number(port), '127.0.0.1');
    idle.on('error', () => undefined);
    const status = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(origin + path, { method })).status;
    assert.equal(await status('/'), 400);
    assert.equal(await status('/favicon.ico'), 404);
    assert.equal(await status(`/other${search}`), 404);
    assert.equal(await status(`//${search}`), 404);
    assert.equal(await status(`/${search}`, 'POST'), 405);
    assert.equal(await status(`/${search}`, 'HEAD'), 405);
    assert.equal(await status(`/${search}`, 'OPTIONS'), 405);
    assert.equal(server.forms.length, 0);
    assert.equal(await status(`/${search}`), 200);
    await one.finished;
    idle.destroy();
  });

  test('tells a second answer that there was one', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>(resolve => (release = resolve));
    const slow = new HttpClient({ party: 'slow' });
    const request = slow.request.bind(slow);
    slow.request = async (...args) => {
      await held;
      return request(...args);
    };
    const one = await begin({ http: slow });
    const back = await sentBackTo(one);
    assert.equal((await fetch(back)).status, 200);
    for (const again of [
      back,
      back.replace('code=', 'code=other'),
      `${new URL(back).origin}/?state=x&code=y`,
    ]) {
      const page = await fetch(again);
      assert.equal(page.status, 409);
      assert.ok((await page.text()).includes(ENGLISH.over));
    }
    release();
    assert.match(await one.finished, /^1\/\/refresh-/);
    slow.close();
  });

  const FAILED: Record<string, [(parameters: URLSearchParams) => void, SignInFailure, RegExp]> = {
    'another state': [p => p.set('state', 'x'.repeat(43)), 'foreign', /does not belong to this sign-in/],
    'no state': [p => p.delete('state'), 'foreign', /does not belong to this sign-in/],
    'two states': [p => p.append('state', 'x'), 'refused', /makes no sense/],
    'another issuer': [p => p.set('iss', 'https://elsewhere.example'), 'foreign', /does not come from/],
    'no code': [p => p.delete('code'), 'no-code', /no code/],
    'an empty code': [p => p.set('code', ''), 'no-code', /no code/],
    'two codes': [p => p.append('code', 'x'), 'no-code', /no code/],
    'the user’s no': [deny('access_denied'), 'denied', /not given/],
    'a server that is busy': [deny('temporarily_unavailable'), 'refused', /later/],
    'a scope that is not known': [deny('invalid_scope'), 'refused', /invalid_scope/],
    'an error of any words': [deny('<b>Call 555-0100</b>'), 'refused', /an unknown error$/],
    'a token in place of a code': [p => p.set('id_token', 'x'), 'refused', /makes no sense/],
  };
  function deny(error: string): (parameters: URLSearchParams) => void {
    return parameters => {
      parameters.delete('code');
      parameters.set('error', error);
      parameters.set('error_description', 'Visit https://elsewhere.example');
    };
  }
  for (const [what, [answer, reason, message]] of Object.entries(FAILED))
    test(`ends when the answer has ${what}`, async () => {
      server.behaviour = { answer };
      const one = await begin();
      const page = await fetch(await sentBackTo(one));
      assert.equal(page.status, 400);
      const html = await page.text();
      assert.ok(html.includes(ENGLISH.failed));
      assert.doesNotMatch(html, /555|elsewhere/);
      await assertFails(one, reason, message);
      assert.equal(server.forms.length, 0, 'nothing was redeemed');
    });

  test('ends when the client is not known, its secret is another, or the code has been used', async () => {
    const other = await begin({ client: { id: CLIENT.id, secret: 'another' } });
    await fetch(await sentBackTo(other));
    await assertFails(other, 'client', /client_id/);
    const without = await begin({ client: { id: CLIENT.id } });
    await fetch(await sentBackTo(without));
    await assertFails(without, 'client', /client_id/);
    const first = await begin();
    const back = await sentBackTo(first);
    await fetch(back);
    await first.finished;
    const second = await begin();
    second.paste(new URL(back).searchParams.get('code') ?? '');
    await assertFails(second, 'spent', /used before or is too old/);
  });

  test('takes no code of another sign-in: the verifier is another', async () => {
    const [attacker, victim] = [await begin(), await begin()];
    const back = new URL(await sentBackTo(attacker));
    assert.throws(
      () => victim.paste(back.href),
      (error: unknown) => error instanceof SignInError && error.reason === 'foreign',
    );
    victim.paste(back.searchParams.get('code') ?? '');
    await assertFails(victim, 'spent', /used before or is too old/);
  });

  test('ends when there is no refresh token, or a permission less than was asked for', async () => {
    const once = await begin();
    server.behaviour = { token: () => ({ status: 200, body: server.issuer.tokens() }) };
    await fetch(await sentBackTo(once));
    await assertFails(once, 'refused', /for an hour only/);
    const less = await begin();
    server.behaviour = {
      token: () => ({ status: 200, body: { ...server.issuer.tokens('1//x'), scope: 'openid' } }),
    };
    await fetch(await sentBackTo(less));
    await assertFails(less, 'denied', /leave it ticked/);
  });

  const SENSELESS: Record<string, [number, string, typeof PassingFault | typeof RefusedFault]> = {
    'HTML': [200, '<html>', PassingFault],
    'an array': [200, '[]', PassingFault],
    'no access token': [200, '{"token_type":"Bearer","refresh_token":"1//x"}', PassingFault],
    'a token of another kind': [
      200,
      '{"access_token":"a","token_type":"mac","refresh_token":"1//x"}',
      RefusedFault,
    ],
    'a lifetime that is none': [
      200,
      '{"access_token":"a","token_type":"Bearer","expires_in":-1}',
      PassingFault,
    ],
    'an error that is none': [400, '{"error":7}', PassingFault],
    '503': [503, '', PassingFault],
    '429': [429, '', PassingFault],
    'a redirect': [307, '', RefusedFault],
    '404': [404, '', RefusedFault],
  };
  for (const [what, [status, text, expected]] of Object.entries(SENSELESS))
    test(`is not taken in by a token endpoint that answers with ${what}`, async () => {
      server.behaviour = { token: () => ({ status, text, body: {} }) };
      const one = await begin();
      await fetch(await sentBackTo(one));
      await assert.rejects(one.finished, expected);
    });

  test('ends in its time, and when it is called off', async () => {
    await assertFails(await begin({ timeLimitMs: 20 }), 'time', /in time/);
    const one = await begin();
    one.close();
    await assertFails(one, 'closed', /called off/);
    assert.equal(server.forms.length, 0);
  });

  test('sends the browser back to where the window says', async () => {
    let listening = '';
    const one = await begin({
      redirectUri: own => {
        listening = own;
        return Promise.resolve('http://127.0.0.1:65535/');
      },
    });
    const back = await sentBackTo(one);
    assert.ok(back.startsWith('http://127.0.0.1:65535/?'));
    await fetch(back.replace('http://127.0.0.1:65535/', listening));
    await one.finished;
    assert.equal(server.forms[0]?.get('redirect_uri'), 'http://127.0.0.1:65535/');
    await assert.rejects(begin({ redirectUri: () => Promise.reject(new Error('no tunnel')) }), /no tunnel/);
  });

  test('takes what is pasted: the address, as browsers show it too, and the code', async () => {
    const codeIn = (back: string): string => new URL(back).searchParams.get('code') ?? '';
    const ways: ((back: string) => string)[] = [
      back => back,
      back => `  ${back}\n`,
      back => `<${back}>`,
      back => back.replace('http://', ''),
      back => new URL(back).search,
      back => new URL(back).search.slice(1),
      back => `${back}#`,
      codeIn,
      back => encodeURIComponent(codeIn(back)),
      back => `"${codeIn(back)}"`,
    ];
    for (const way of ways) {
      const one = await begin();
      one.paste(way(await sentBackTo(one)));
      assert.match(await one.finished, /^1\/\/refresh-/);
    }
  });

  test('says what is wrong with what is pasted, and goes on', async () => {
    const one = await begin();
    const back = await sentBackTo(one);
    const wrong: [string, SignInFailure][] = [
      ['', 'no-code'],
      ['hello', 'no-code'],
      ['What do I have to paste here?', 'no-code'],
      ['https://www.example.com/', 'no-code'],
      [one.address, 'no-code'],
      [new URL(back).origin, 'no-code'],
      [back.replace(/state=[^&]*/, 'state=other'), 'foreign'],
      [back.replace(/code=[^&]*/, 'error=access_denied'), 'denied'],
    ];
    for (const [text, reason] of wrong)
      assert.throws(
        () => one.paste(text),
        (error: unknown) => error instanceof SignInError && error.reason === reason,
        text,
      );
    one.paste(back);
    assert.match(await one.finished, /^1\/\/refresh-/);
    one.paste(back);
    one.close();
  });

  test('shows no secret when it is printed, in what it rejects with, or in an address', async () => {
    const errors: unknown[] = [];
    for (const answer of [...Object.values(FAILED).map(([one]) => one), () => undefined]) {
      server.behaviour = { answer };
      const one = await begin({ client: { id: CLIENT.id, secret: 'GOCSPX-other' } });
      const printed = inspect(one, { depth: 9, showHidden: true }).replaceAll(one.address, '');
      await fetch(await sentBackTo(one));
      await one.finished.catch((error: unknown) => errors.push(error));
      const verifier = server.forms.at(-1)?.get('code_verifier') ?? '-';
      assert.doesNotMatch(printed, /GOCSPX/);
      assert.ok(verifier === '-' || !printed.includes(verifier));
    }
    const said = errors.map(error => inspect(error, { depth: 9, showHidden: true })).join('\n');
    assert.ok(errors.length > 10);
    for (const form of server.forms)
      for (const name of ['code', 'code_verifier', 'client_secret']) {
        const secret = form.get(name) ?? '';
        assert.ok(secret.length > 10);
        assert.ok(!said.includes(secret), `${name} in an error`);
        assert.ok(!server.addresses.some(address => address.includes(secret)), `${name} in an address`);
      }
  });
});

test('each attempt has a state and a verifier of its own', async () => {
  const seen = new Set<string>();
  for (let at = 0; at < 100; at++) {
    const attempt = await Attempt.begin(GOOGLE, CLIENT, 'http://127.0.0.1:1/');
    const { searchParams, host } = new URL(attempt.address);
    assert.equal(host, 'accounts.google.com');
    assert.ok(!attempt.address.includes(attempt.verifier));
    assert.ok(!attempt.address.includes(CLIENT.secret));
    seen.add(searchParams.get('state') ?? '');
    seen.add(attempt.verifier);
  }
  assert.equal(seen.size, 200);
});

test('whatever is pasted, it is taken or refused with a reason', async () => {
  const attempt = await Attempt.begin(GOOGLE, CLIENT, 'http://127.0.0.1:1/');
  const piece = fc.oneof(
    fc.constantFrom(
      'code=',
      'state=',
      '&',
      '?',
      'http://127.0.0.1:1/',
      '%',
      '#',
      '4/0A',
      'error=access_denied',
    ),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      try {
        assert.ok(attempt.acceptPasted(pieces.join('')).has('code'));
      } catch (error) {
        assert.ok(error instanceof SignInError, String(error));
      }
    }),
  );
});
