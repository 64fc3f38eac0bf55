import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { parseColumnName } from '../../src/common/layout.ts';
import { TestHome, until } from './harness/home.ts';
import { readLog } from './harness/log.ts';
import { WebDavRecorder } from './harness/webdav-recorder.ts';
import { windowOf } from './harness/window.ts';

/** Stands in everything that could tell on a person; if it turns up anywhere, something leaked. */
const CANARY = 'c4n4ry';

describe('nothing that identifies a person leaves the sampler', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome({
      USER: `${CANARY}-user`,
      LOGNAME: `${CANARY}-user`,
      HOSTNAME: `${CANARY}-host`,
      SSH_CONNECTION: `10.20.30.40 ${CANARY} 10.20.30.41 22`,
      WORKSPACE: `/home/${CANARY}/project`,
    });
    plantTree(path.join(home.root, `${CANARY}-tree`));
    home.env['OPTIMETRICS_SYSROOT'] = path.join(home.root, `${CANARY}-tree`);
  });
  after(() => home.end());

  test('not in a message, a log line, a file it keeps or its output', async () => {
    // The log's own path is in the settings that clients send; nothing else may name it.
    const run = home.start([
      'run',
      ...home.everySample,
      '--verbose',
      '--log-dir',
      path.join(home.root, `${CANARY}-logs`),
    ]);
    await until('it logs', () => readLog(path.join(home.root, `${CANARY}-logs`)).length >= 3);

    const heard: unknown[] = [];
    const client = await windowOf(home);
    for (const event of [client.onFrame, client.onLayout, client.onStatus, client.onLog] as const) {
      (event as (listener: (message: unknown) => void) => void)(message => heard.push(message));
    }
    client.start({ isManual: true });
    await until('frames come', () => client.frame && client.status?.hardwareId !== '' && heard.length > 5);
    heard.push(await client.history({ seconds: 60 }));
    // Of a minute from memory, of days from the rollups, which are written then.
    for (const minutes of [1, 5_000]) {
      const to = Date.now();
      heard.push(await client.range({ from: to - minutes * 60_000, to }, chunk => heard.push(chunk)));
    }
    await assert.rejects(
      client.range({ from: 0, to: 253_402_300_799_999 + 1 }, () => undefined),
      error => {
        heard.push(String(error));
        return true;
      },
    );
    await client.stop({ endIfLast: false });
    run.child.kill('SIGINT');
    const { stdout, stderr } = await run.finished;

    assertClean('messages to a window', JSON.stringify(heard));
    assertClean('standard error', stderr);
    // The last line tells the user of the command where the log is.
    assertClean('standard output', stdout.replace(/ in \S+\n$/, ''));
    for (const folder of [`${CANARY}-logs`, 'data', 'run']) {
      for (const file of filesIn(path.join(home.root, folder))) {
        assertClean(path.relative(home.root, file).replaceAll(CANARY, '…'), fs.readFileSync(file, 'latin1'));
      }
    }
  });

  test('not in what sample and doctor print', async () => {
    for (const args of [['sample', '--json'], ['sample'], ['doctor', '--json'], ['doctor']]) {
      const { code, stdout, stderr } = await home.run(args);
      assert.equal(code, 0, stderr);
      assertClean(`optimetrics ${args.join(' ')}`, stdout + stderr);
    }
  });

  test('not in a byte that is uploaded, for a backup or for a study', async () => {
    const logs = path.join(home.root, `${CANARY}-logs`);
    const [row] = readLog(logs);
    assert.ok(row, 'there is a log');
    const identity = await generateIdentity();
    const identityFile = home.write('identity', `${identity}\n`);
    const recipient = await identityToRecipient(identity);
    for (const mode of ['backup', 'contribute']) {
      const server = await WebDavRecorder.start();
      try {
        const config = home.write(
          'uploads.yaml',
          `cloud: {enabled: true, mode: ${mode}, provider: webdav, webdav: {url: "${server.url}"}, recipients: [${recipient}]}\n`,
        );
        const { code, stdout, stderr } = await home.run(['sync', '--config', config, '--log-dir', logs], {
          OPTIMETRICS_WEBDAV_USER: 'me',
          OPTIMETRICS_WEBDAV_PASSWORD: 'password',
        });
        assert.equal(code, 0, stderr);
        assertClean(`what optimetrics sync says, for a ${mode}`, stdout + stderr);
        assertClean(`what is sent, for a ${mode}`, server.wire);

        const sent = [...server.files].map(([name, bytes]) => home.write(path.join(mode, name), bytes));
        assert.ok(sent.length > 0);
        for (const format of ['parquet', 'csv']) {
          const into = path.join(home.root, `${mode}-${format}`);
          // A study opens it with its own key, and with nothing else of this machine.
          const keys = mode === 'contribute' ? ['--identity', identityFile] : [];
          const opened = await home.run(['decrypt', ...sent, ...keys, '-o', into, '--format', format]);
          assert.equal(opened.code, 0, opened.stderr);
          for (const file of filesIn(into))
            assertClean(`${format} of a ${mode}`, fs.readFileSync(file, 'latin1'));
        }
        const rows = filesIn(path.join(home.root, `${mode}-csv`))
          .map(file => fs.readFileSync(file, 'utf8'))
          .join('');
        const wholeId: string = row['hardware_id'] ?? '';
        assert.match(wholeId, /^[0-9a-f]{32}$/);
        assert.equal(rows.includes(wholeId), mode === 'backup', 'the hardware id is in backups only');
        const columns = rows.slice(0, rows.indexOf('\n')).split(',');
        const others = columns.filter(name => name !== 'timestamp' && name !== 'hardware_id');
        if (mode === 'contribute')
          assert.deepEqual(
            others.filter(name => parseColumnName(name)?.metric.contributed !== true),
            [],
          );
        assert.ok(others.includes('total_utilization'));
      } finally {
        await server.end();
      }
    }
  });

  function assertClean(what: string, text: string): void {
    assert.ok(text.length > 0 || what === 'standard error', `${what} says something`);
    for (const secret of [CANARY, home.root, '10.20.30.4', '52:54:00:ca:11:ad', 'fe80::']) {
      const at = text.indexOf(secret);
      assert.equal(at, -1, `${what} has “${text.slice(Math.max(0, at - 60), at + 60)}”`);
    }
  }
});

/** A machine whose every name is planted. */
function plantTree(root: string): void {
  const files: Record<string, string> = {
    '/proc/stat':
      'cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0 0 0\nintr 5 1\nctxt 7\nsoftirq 3 1\n',
    '/proc/loadavg': '0.10 0.20 0.30 1/100 1234\n',
    '/proc/meminfo': 'MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: Test CPU\ncpu MHz\t\t: 2000.000\n',
    '/proc/diskstats': `   8       0 ${CANARY}sda 10 0 80 1 20 0 160 1 0 1 1\n`,
    [`/sys/block/${CANARY}sda/device/serial`]: `${CANARY}-serial\n`,
    '/proc/self/mountinfo': `27 1 8:1 / / rw - ext4 /dev/${CANARY}sda1 rw\n28 27 8:2 / /home/${CANARY} rw - ext4 /dev/${CANARY}sda2 rw\n`,
    '/proc/net/dev': `Inter-|   Receive |  Transmit\n face |bytes\n ${CANARY}0: 1000 10 0 0 0 0 0 0 2000 20 0 0 0 0 0 0\n`,
    '/proc/net/sockstat': 'TCP: inuse 3 orphan 0 tw 0 alloc 3 mem 1\nUDP: inuse 1 mem 0\n',
    '/proc/net/snmp': 'Tcp: CurrEstab\nTcp: 2\n',
    [`/sys/class/net/${CANARY}0/address`]: '52:54:00:ca:11:ad\n',
    '/proc/net/if_inet6': `fe80000000000000505400fffeca11ad 02 40 20 80 ${CANARY}0\n`,
    '/etc/hostname': `${CANARY}-host\n`,
    '/proc/sys/kernel/hostname': `${CANARY}-host\n`,
    '/etc/passwd': `${CANARY}:x:1000:1000::/home/${CANARY}:/bin/sh\n`,
    '/sys/class/dmi/id/board_vendor': 'Test Vendor\n',
    '/sys/class/dmi/id/board_name': 'Test Board\n',
    '/sys/class/dmi/id/board_serial': `${CANARY}-serial\n`,
    '/sys/class/dmi/id/product_uuid': `${CANARY}-uuid\n`,
    '/proc/1234/comm': `${CANARY}-process\n`,
    '/proc/1234/cmdline': `/opt/${CANARY}/program\0`,
  };
  for (const [name, contents] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, contents);
  }
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));
}
