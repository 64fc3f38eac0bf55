import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, freshFolder, startDaemon, type Daemon } from './daemon.ts';

const run = promisify(execFile);

/** Somebody whom a store knows. */
export interface StoreUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A store that checks signatures. */
export interface RadosGateway {
  readonly url: string;
  addUser(name: string): Promise<StoreUser>;
  /** Bounds what a user may have in all their buckets. */
  setQuota(user: string, bytes: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Ceph's S3 (radosgw) with the smallest cluster that it runs on: a monitor, and one store of objects in memory. All of it is in a
 * temporary folder and listens on 127.0.0.1 only. Hosts `BUCKET.s3.localhost` are buckets.
 */
export async function startRadosGateway(): Promise<RadosGateway> {
  const folder = freshFolder();
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    for (const one of daemons.reverse()) await one.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ports = { v2: await freePort(), v1: await freePort(), s3: await freePort() };
    const url = `http://127.0.0.1:${ports.s3}`;
    const conf = path.join(folder, 'ceph.conf');
    const keyring = path.join(folder, 'keyring');
    const fsid = randomUUID();
    const monitor = `[v2:127.0.0.1:${ports.v2},v1:127.0.0.1:${ports.v1}]`;
    fs.writeFileSync(conf, configuration(folder, fsid, monitor, ports.s3));
    for (const name of ['mon', 'osd', 'rgw', 'run']) fs.mkdirSync(path.join(folder, name));
    const ceph = async (program: string, ...args: string[]): Promise<string> =>
      (await run(program, ['-c', conf, ...args], { cwd: folder, timeout: 60_000 })).stdout;
    const daemon = async (
      program: string,
      args: readonly string[],
      isReady: () => Promise<boolean>,
    ): Promise<void> => {
      daemons.push(await startDaemon(folder, url, [program, '-c', conf, ...args, '-f'], isReady));
    };
    const isThere = (name: string) => () => Promise.resolve(fs.existsSync(path.join(folder, 'run', name)));

    fs.writeFileSync(keyring, '', { mode: 0o600 });
    for (const [name, ...caps] of [
      ['mon.', 'mon'],
      ['client.admin', 'mon', 'osd', 'mgr'],
      ['osd.0', 'mon', 'osd', 'mgr'],
    ] as const)
      await run('ceph-authtool', [
        keyring,
        '--gen-key',
        '-n',
        name,
        ...caps.flatMap(cap => ['--cap', cap, 'allow *']),
      ]);
    await run('monmaptool', [
      '--create',
      '--fsid',
      fsid,
      '--addv',
      'a',
      monitor,
      path.join(folder, 'monmap'),
    ]);
    await ceph(
      'ceph-mon',
      '--mkfs',
      '-i',
      'a',
      '--monmap',
      path.join(folder, 'monmap'),
      '--keyring',
      keyring,
    );
    await daemon('ceph-mon', ['-i', 'a'], isThere('ceph-mon.a.asok'));
    const uuid = randomUUID();
    await ceph('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', uuid);
    await ceph('ceph', 'osd', 'create', uuid, '0');
    await daemon('ceph-osd', ['-i', '0'], isThere('ceph-osd.0.asok'));
    await daemon('radosgw', ['-n', 'client.admin'], async () => {
      try {
        return (await fetch(url)).ok;
      } catch {
        return false;
      }
    });
    return { url, ...administration(ceph), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function administration(
  ceph: (program: string, ...args: string[]) => Promise<string>,
): Pick<RadosGateway, 'addUser' | 'setQuota'> {
  const admin = (...args: string[]): Promise<string> => ceph('radosgw-admin', ...args);
  return {
    async addUser(name) {
      const user = {
        accessKeyId: name.toUpperCase().padEnd(20, '0'),
        // With what an address or a form could break.
        secretAccessKey: createHash('sha256').update(name).digest('base64'),
      };
      const keys = ['--access-key', user.accessKeyId, '--secret-key', user.secretAccessKey];
      await admin('user', 'create', '--uid', name, '--display-name', name, ...keys);
      return user;
    },
    async setQuota(name, bytes) {
      const of = ['--quota-scope', 'user', '--uid', name];
      await admin('quota', 'set', ...of, '--max-size', `${bytes}B`);
      await admin('quota', 'enable', ...of);
    },
  };
}

function configuration(folder: string, fsid: string, monitor: string, port: number): string {
  return `[global]
fsid = ${fsid}
mon host = ${monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
mon data = ${folder}/mon
osd data = ${folder}/osd
rgw data = ${folder}/rgw
run dir = ${folder}/run
admin socket = ${folder}/run/$cluster-$name.asok
log file =
pid file =
mon data avail crit = 1
mon data avail warn = 1
mon allow pool size one = true
paxos propose interval = 0.05
paxos min wait = 0.01
osd objectstore = memstore
memstore device bytes = 268435456
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw dns name = s3.localhost
rgw run sync thread = false
`;
}
