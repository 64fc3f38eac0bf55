// Sends one large file to a target in a process of its own, as the upload process does, and says what that took.
//   sending-worker.js <JSON of SendingTask>
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { HttpClient } from '../../src/sync/http/http-client.ts';
import { realDisk } from '../../src/sync/disk.ts';
import { folderTarget } from '../../src/sync/targets/folder.ts';
import type { Parcel, Target } from '../../src/sync/targets/target.ts';
import { webdavTarget } from '../../src/sync/targets/webdav/webdav.ts';
import type { SendingTask, SendingUse } from './sending.ts';

const LOOK_MS = 20;
const MIB = 2 ** 20;

function targetOf({ to }: SendingTask): Target {
  if (to.provider === 'folder') return folderTarget({ path: to.path });
  const { url, user, password } = to;
  return webdavTarget({ url, user, password, http: new HttpClient({ party: 'the WebDAV server' }) });
}

async function parcelOf(file: string): Promise<Parcel> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  for await (const piece of realDisk.read(file)) {
    sha256.update(piece);
    md5.update(piece);
  }
  const digest = sha256.digest('hex');
  return {
    path: `study=bench/device=0/date=2026-01-15/${digest}.sealed`,
    bytes: fs.statSync(file).size,
    sha256: digest,
    md5: md5.digest('hex'),
    read: (from, to) => realDisk.read(file, from, to),
  };
}

async function send(target: Target, parcel: Parcel): Promise<void> {
  const { signal } = new AbortController();
  await target.send(parcel, { signal, resume: { text: undefined, keep: () => Promise.resolve() } });
  if ((await target.confirm(parcel, signal)) !== 'whole') throw new Error('it did not arrive');
}

async function main(task: SendingTask): Promise<void> {
  const target = targetOf(task);
  await send(target, await parcelOf(task.small));
  const parcel = await parcelOf(task.large);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let highest = before;
  const looking = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, LOOK_MS);
  const used = process.cpuUsage();
  await send(target, parcel);
  const { user, system } = process.cpuUsage(used);
  clearInterval(looking);
  target.close();
  const use: SendingUse = { extraMib: (highest - before) / MIB, cpuSeconds: (user + system) / 1e6 };
  process.stdout.write(JSON.stringify(use));
}

void main(JSON.parse(process.argv[2] ?? '') as SendingTask);
