import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { end, exitOf, start } from '../lib/children.mjs';
import { findProgram } from '../lib/system-packages.mjs';
import { collectErrors, plainEnvironment } from './child.ts';
import { freePort } from './monitors.ts';
import { CpuMeter } from './process-usage.ts';
import { formatTable, type Table } from './table.ts';
import { type UploadUse, measureUploads } from './upload-process.ts';
import { bundleWorker, runWorker } from './worker.ts';

/** What `sending-worker.ts` is told. */
export interface SendingTask {
  readonly small: string;
  readonly large: string;
  readonly to: BenchTarget;
}

export type BenchTarget =
  | { readonly provider: 'folder'; readonly path: string }
  | { readonly provider: 'webdav'; readonly url: string; readonly user: string; readonly password: string };

/** What sending a file took. */
export interface SendingUse {
  /** Highest resident memory above what was before, in MiB. */
  readonly extraMib: number;
  readonly cpuSeconds: number;
}

/** What uploading costs. */
export interface SendingCosts {
  readonly bytes: number;
  /** Sending a file of {@link bytes}, a way each. */
  readonly ways: readonly (SendingUse & { readonly name: string })[];
  /** Uploads of an hour of the log. */
  readonly uploads: readonly UploadUse[];
  readonly notes: readonly string[];
}

const LARGE = 1e9;
const SMALL = 1e6;
const START_MS = 10_000;
const LOOK_MS = 20;
const MIB = 2 ** 20;
const USER = 'bench';
const PASSWORD = 'bench';

/** Measures sending 1 GB, and whole uploads of an hour of the log, to a folder and, where there is rclone, by WebDAV. */
export async function measureSending(folder: string): Promise<SendingCosts> {
  fs.mkdirSync(folder);
  const worker = await bundleWorker('sending-worker.ts', folder);
  const [small, large] = [path.join(folder, 'small'), path.join(folder, 'large')];
  for (const [file, bytes] of [
    [small, SMALL],
    [large, LARGE],
  ] as const) {
    fs.writeFileSync(file, '');
    fs.truncateSync(file, bytes);
  }
  const send = async (to: BenchTarget): Promise<SendingUse> =>
    (await runWorker(worker, [JSON.stringify({ small, large, to } satisfies SendingTask)], {
      flags: ['--expose-gc'],
      isUpload: true,
    })) as SendingUse;
  const toFolder: BenchTarget = { provider: 'folder', path: path.join(folder, 'target') };
  fs.mkdirSync(toFolder.path);
  const ways: SendingCosts['ways'][number][] = [{ name: 'to a folder', ...(await send(toFolder)) }];
  const uploads = [await measureUploads('to a folder', toFolder, path.join(folder, 'uploads'))];
  const rclone = findProgram('rclone');
  if (rclone === undefined) {
    const notes = ['rclone is not installed (apt-get install rclone): nothing was sent by WebDAV.'];
    return { bytes: LARGE, ways, uploads, notes };
  }
  const server = await serveWebDav(rclone, path.join(folder, 'served'));
  try {
    ways.push({ name: 'by WebDAV', ...(await send(server.target)) });
    ways.push({ name: 'rclone, by WebDAV', ...(await sendByRclone(rclone, large, server.target)) });
    uploads.push(await measureUploads('by WebDAV', server.target, path.join(folder, 'uploads')));
  } finally {
    await server.end();
  }
  return { bytes: LARGE, ways, uploads, notes: [] };
}

async function serveWebDav(
  rclone: string,
  folder: string,
): Promise<{ target: BenchTarget & { provider: 'webdav' }; end: () => Promise<void> }> {
  fs.mkdirSync(folder);
  const port = await freePort();
  const args = ['serve', 'webdav', folder, '--addr', `127.0.0.1:${port}`, '--config', ''];
  const child = start(rclone, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...plainEnvironment(), RCLONE_USER: USER, RCLONE_PASS: PASSWORD },
  });
  const errors = collectErrors(child);
  const url = `http://127.0.0.1:${port}/`;
  const giveUp = AbortSignal.timeout(START_MS);
  while (!(await answers(url))) {
    if (giveUp.aborted) throw new Error(`rclone does not serve: ${errors()}`);
    await delay(50);
  }
  return { target: { provider: 'webdav', url, user: USER, password: PASSWORD }, end: () => end(child) };
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

/** The same file and the same server, by a program that many use for this. */
async function sendByRclone(
  rclone: string,
  file: string,
  { url, user, password }: BenchTarget & { provider: 'webdav' },
): Promise<SendingUse> {
  const obscured = start(rclone, ['obscure', password], { stdio: ['ignore', 'pipe', 'ignore'] });
  let pass = '';
  obscured.stdout?.setEncoding('utf8').on('data', (text: string) => {
    pass += text;
  });
  await exitOf(obscured);
  const child = start(rclone, ['copyto', file, ':webdav:by-rclone', '--config', '', '--ignore-times'], {
    stdio: 'ignore',
    env: {
      ...plainEnvironment(),
      ...{ RCLONE_WEBDAV_URL: url, RCLONE_WEBDAV_USER: user, RCLONE_WEBDAV_PASS: pass.trim() },
    },
  });
  const meter = new CpuMeter(child.pid ?? 0);
  let cpuNs = 0;
  let highest = 0;
  const looking = setInterval(() => {
    try {
      cpuNs = meter.read();
      const status = fs.readFileSync(`/proc/${child.pid}/status`, 'latin1');
      highest = Math.max(highest, Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It has ended.
    }
  }, LOOK_MS);
  const code = await exitOf(child);
  clearInterval(looking);
  if (code !== 0) throw new Error(`rclone ended with exit code ${code}`);
  return { extraMib: highest / MIB, cpuSeconds: cpuNs / 1e9 };
}

/** Tables of what was measured. */
export function sendingTables({ ways, uploads, bytes }: SendingCosts): Table[] {
  return [
    {
      head: [`sending ${bytes / 1e9} GB`, 'extra memory MiB', 'CPU s'],
      rows: ways.map(({ name, extraMib, cpuSeconds }) => [name, extraMib.toFixed(1), cpuSeconds.toFixed(2)]),
    },
    {
      head: [
        'an upload of an hour of the log',
        'files',
        'kB',
        'CPU ms',
        'of that, of a start',
        'highest memory MiB',
      ],
      rows: uploads.map(({ name, files, bytes: sent, cpuMs, idleMs, highestMib }) => [
        name,
        String(files),
        (sent / 1000).toFixed(1),
        cpuMs.toFixed(0),
        idleMs.toFixed(0),
        highestMib.toFixed(1),
      ]),
    },
  ];
}

/** The part of the report on sending. */
export function sendingText(costs: SendingCosts): string {
  return [
    '== Sending ==',
    '',
    ...sendingTables(costs).flatMap(table => [formatTable(table), '']),
    'aim: less than 30 MB of extra memory',
    '',
    '· Sending is with confirmation: what has arrived is read back. For rclone, memory is all that it has resident.',
    '· An upload is the upload process from its start to its end, on a log that it has not seen; of a start, the same with nothing to send.',
    ...costs.notes.map(note => `· ${note}`),
  ].join('\n');
}
