import fs from 'node:fs';
import path from 'node:path';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { credentialPlace, type UploadSecrets } from '../../src/common/upload.ts';
import type { EndEvent, SyncJob } from '../../src/sync/process/job.ts';
import { DIST } from '../lib/paths.mjs';
import { exitOf, start } from '../lib/children.mjs';
import { plainEnvironment } from './child.ts';
import { parseChildrenTime } from './process-usage.ts';
import { recordedHours } from './recorded-hours.ts';
import type { BenchTarget } from './sending.ts';
import { writeLog } from './wire.ts';
import { UPLOAD_NODE_FLAGS } from './worker.ts';

/** What an upload of an hour of the log took. */
export interface UploadUse {
  readonly name: string;
  readonly files: number;
  /** As they were sent. */
  readonly bytes: number;
  /** CPU time of the whole process, of all threads. */
  readonly cpuMs: number;
  /** The same of one that had nothing to send. */
  readonly idleMs: number;
  /** Highest resident memory. */
  readonly highestMib: number;
}

/** The kernel counts CPU time of children in steps of 10 ms. */
const RUNS = 8;
const LOOK_MS = 5;
const FILE = path.join(DIST, 'sync.js');

/** Runs the built upload process on an hour of all kinds of work in turn. */
export async function measureUploads(name: string, target: BenchTarget, folder: string): Promise<UploadUse> {
  const logDirectory = path.join(folder, 'log');
  const [hour] = recordedHours();
  if (!fs.existsSync(logDirectory) && hour) writeLog(logDirectory, hour.frames);
  const dataDirectory = (run: number): string => path.join(folder, `${target.provider}-${run}`);
  let [cpuMs, idleMs, highestMib] = [0, 0, 0];
  let sent = { segments: 0, bytes: 0 };
  for (let run = 0; run < RUNS; run++) {
    const job = jobFor(target, logDirectory, dataDirectory(run));
    const first = await upload(job);
    sent = first.sent;
    highestMib = Math.max(highestMib, first.highestMib);
    cpuMs += first.cpuMs / RUNS;
    idleMs += (await upload(job)).cpuMs / RUNS;
  }
  return { name, files: sent.segments, bytes: sent.bytes, cpuMs, idleMs, highestMib };
}

function jobFor(target: BenchTarget, logDirectory: string, dataDirectory: string): SyncJob {
  const { cloud, logging } = DEFAULT_CONFIG;
  const place = {
    folder: { path: target.provider === 'folder' ? target.path : dataDirectory },
    webdav: { url: target.provider === 'webdav' ? target.url : '' },
  };
  const config = {
    ...DEFAULT_CONFIG,
    logging: { ...logging, logDirectory },
    cloud: { ...cloud, enabled: true, provider: target.provider, ...place },
  };
  const where = credentialPlace(config.cloud);
  const secrets: UploadSecrets =
    target.provider === 'webdav' && where !== undefined
      ? {
          credentials: {
            place: where,
            credentials: { provider: 'webdav', user: target.user, password: target.password },
          },
        }
      : {};
  return { action: 'sync', config, dataDirectory, includesOpen: true, secrets };
}

async function upload(
  job: SyncJob,
): Promise<{ cpuMs: number; highestMib: number; sent: { segments: number; bytes: number } }> {
  const before = childrenMs();
  const child = start(process.execPath, [...UPLOAD_NODE_FLAGS, FILE], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: plainEnvironment(),
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin?.write(`${JSON.stringify(job)}\n`);
  let highestKib = 0;
  const looking = setInterval(() => {
    try {
      const status = fs.readFileSync(`/proc/${child.pid}/status`, 'latin1');
      highestKib = Math.max(highestKib, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, LOOK_MS);
  await exitOf(child);
  clearInterval(looking);
  const end = JSON.parse(said.trimEnd().split('\n').at(-1) ?? 'null') as EndEvent | null;
  if (end?.type !== 'result' || end.result.state !== 'done')
    throw new Error(`the upload process did not upload: ${said.slice(-1000)}`);
  return { cpuMs: childrenMs() - before, highestMib: highestKib / 1024, sent: end.result.counts.confirmed };
}

function childrenMs(): number {
  return parseChildrenTime(fs.readFileSync('/proc/self/stat', 'latin1')) / 1e6;
}
