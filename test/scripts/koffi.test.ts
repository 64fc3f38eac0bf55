import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { koffiFor } from '../../scripts/lib/koffi.mjs';
import { koffiFile, vsixTarget } from '../../scripts/lib/platform.mjs';
import { UserError } from '../../scripts/lib/terminal.mjs';
import { freePort } from '../../scripts/lib/vscode-host.mjs';

/** A platform whose package `npm ci` leaves out here. */
const OTHER = vsixTarget() === 'win32-arm64' ? 'win32-x64' : 'win32-arm64';
const NAME = `@koromix/koffi-${OTHER}`;

describe('koffi’s binary for another platform', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'om-koffi-'));
    process.env['npm_config_cache'] = path.join(folder, 'npm-cache');
    process.env['npm_config_fetch_retries'] = '0';
    process.env['npm_config_noproxy'] = '127.0.0.1';
  });
  after(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** The message for the user when the registry is the one at an address. */
  const messageWith = async (registry: string, kept: string): Promise<string> => {
    process.env['npm_config_registry'] = registry;
    const error: unknown = await koffiFor(OTHER, kept).catch((reason: unknown) => reason);
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.exitCode, 1);
    assert.deepEqual(fs.readdirSync(kept), [], 'nothing is kept of what failed');
    return error.message;
  };

  test('is not fetched for this platform', async () => {
    process.env['npm_config_registry'] = 'http://127.0.0.1:1/';
    assert.equal(await koffiFor(vsixTarget(), path.join(folder, 'unused')), koffiFile());
    assert.ok(!fs.existsSync(path.join(folder, 'unused')));
  });

  test('without a registry the message says what, from where, why, and what to do, in one line', async () => {
    const registry = `http://127.0.0.1:${await freePort()}/`;
    const message = await messageWith(registry, path.join(folder, 'unreachable'));
    for (const part of [NAME, OTHER, registry, 'ECONNREFUSED', 'npm config get registry'])
      assert.ok(message.includes(part), `${part}: ${message}`);
    assert.ok(!message.includes('\n'), message);
  });

  test('that is not the one of package-lock.json is refused', async () => {
    const server = http.createServer((request, response) => {
      if (request.url?.endsWith('.tgz') === true) {
        response.end('something else');
        return;
      }
      const tarball = `http://${request.headers.host ?? ''}/other.tgz`;
      const { version } = lockedPackage();
      const versions = { [version]: { name: NAME, version, dist: { tarball } } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ 'name': NAME, 'dist-tags': { latest: version }, versions }));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const message = await messageWith(`http://127.0.0.1:${port}/`, path.join(folder, 'refused'));
      assert.match(message, /integrity checksum failed/i);
      assert.ok(message.includes(lockedPackage().integrity), message);
    } finally {
      server.close();
    }
  });

  test('is told when koffi has none', async () => {
    await assert.rejects(koffiFor('amiga-m68k', folder), /^UserError: koffi has no binary for amiga-m68k\.$/);
  });
});

function lockedPackage(): { version: string; integrity: string } {
  const lock = JSON.parse(
    fs.readFileSync(path.join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
  ) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  const found = lock.packages[`node_modules/${NAME}`];
  assert.ok(found, NAME);
  return found;
}
