import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { english } from '../../src/common/translate.ts';
import { type HostFacts, machineKind, machineWord } from '../../src/extension/machine-kind.ts';

const kind = (remoteName?: string, facts: Partial<HostFacts> = {}): string =>
  machineKind({ remoteName, isWeb: false, isContainer: false, ...facts }, english);

test('says where the code runs', () => {
  for (const [remoteName, expected] of [
    [undefined, 'this machine'],
    ['ssh-remote', 'remote machine over SSH'],
    ['ssh-remote+build.example.com', 'remote machine over SSH'],
    ['wsl', 'Windows Subsystem for Linux'],
    ['wsl+Ubuntu-24.04', 'Windows Subsystem for Linux'],
    ['dev-container', 'container'],
    ['dev-container+7b22', 'container'],
    ['attached-container', 'container'],
    ['k8s-container', 'container'],
    ['codespaces', 'codespace'],
    ['tunnel', 'remote machine over a tunnel'],
    ['something-new', 'remote machine'],
  ] as const) {
    assert.equal(kind(remoteName), expected);
  }
});

test('says that it is in a container, once', () => {
  assert.equal(kind(undefined, { isContainer: true }), 'this machine, in a container');
  assert.equal(kind('ssh-remote', { isContainer: true }), 'remote machine over SSH, in a container');
  assert.equal(kind('dev-container', { isContainer: true }), 'container');
});

test('says that a browser shows what a server does', () => {
  assert.equal(kind('127.0.0.1:8080', { isWeb: true }), 'server behind this browser');
  assert.equal(
    kind('127.0.0.1:8080', { isWeb: true, isContainer: true }),
    'server behind this browser, in a container',
  );
});

test('says the same in one word', () => {
  const word = (remoteName?: string, isContainer = false): string =>
    machineWord({ remoteName, isWeb: false, isContainer }, english);
  assert.deepEqual(
    [
      undefined,
      'ssh-remote+host',
      'wsl+distro',
      'dev-container+x',
      'codespaces',
      'tunnel',
      '127.0.0.1:80',
    ].map(name => word(name)),
    ['local', 'SSH', 'WSL', 'container', 'codespace', 'tunnel', 'remote'],
  );
  assert.equal(word(undefined, true), 'container');
});

test('never shows a name or an address', () => {
  const name = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.emailAddress(), fc.webAuthority());
  const prefix = fc.constantFrom('', 'ssh-remote+', 'wsl+', 'tunnel+', 'dev-container+', 'other+');
  const kinds = new Set<string>();
  fc.assert(
    fc.property(prefix, name, fc.boolean(), fc.boolean(), (start, host, isWeb, isContainer) => {
      kinds.add(kind(start + host, { isWeb, isContainer }));
      kinds.add(machineWord({ remoteName: start + host, isWeb, isContainer }, english));
    }),
    { numRuns: 500 },
  );
  assert.ok(kinds.size <= 20, 'a few fixed texts');
});
