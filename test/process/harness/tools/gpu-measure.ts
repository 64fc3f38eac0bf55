import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT, TestHome, until } from '../home.ts';
import { logFiles, type LogRow, readLog } from '../log.ts';
import { parsePmon, parseSmi, smiArguments, type SmiProcesses, type SmiSample } from './nvidia-smi.ts';

const SMI_INTERVAL_MS = 200;

/** What the sampler logged and what nvidia-smi said of the same seconds. */
export interface GpuMeasurement {
  readonly ours: readonly LogRow[];
  readonly theirs: readonly SmiSample[];
  readonly processes: readonly SmiProcesses[];
  /** Our row of the moment at which the processes were counted. */
  readonly atProcesses: LogRow;
}

export interface GpuMeasureOptions {
  readonly seconds: number;
  /** Shell command that loads the GPUs meanwhile; it is ended afterwards. */
  readonly load: string | undefined;
  /** How long it has before anything counts. */
  readonly leadSeconds: number;
}

/** Runs the sampler and nvidia-smi side by side. */
export async function measureGpus({
  seconds,
  load,
  leadSeconds,
}: GpuMeasureOptions): Promise<GpuMeasurement> {
  const home = new TestHome();
  let loading: ChildProcess | undefined;
  try {
    const config = home.write('config.yaml', 'logging: { enable_delta_filtering: false }\n');
    const cli = path.join(ROOT, 'dist', 'cli.js');
    const sampler = home.startCommand(process.execPath, [cli, 'run', '--config', config]);
    await until('the sampler logs', () => logFiles(home.logDirectory).length > 0, 60);
    if (load !== undefined)
      loading = spawn('sh', ['-c', load], { detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
    await delay(leadSeconds * 1000);
    const smi = home.startCommand('nvidia-smi', smiArguments(SMI_INTERVAL_MS));
    await delay((seconds / 2) * 1000);
    const countedAt = Date.now();
    const processes = parsePmon(execFileSync('nvidia-smi', ['pmon', '-c', '1'], { encoding: 'utf8' }));
    await delay((seconds / 2) * 1000);
    smi.child.kill();
    await smi.finished;
    if (loading && loading.exitCode !== null)
      throw new Error(
        `the load ended by itself, with exit code ${String(loading.exitCode)}: ${String(load)}`,
      );
    sampler.child.kill('SIGINT');
    await sampler.finished;
    const ours = readLog(home.logDirectory);
    const distance = (row: LogRow): number => Math.abs(Date.parse(row['timestamp'] ?? '') - countedAt);
    const atProcesses = ours.reduce((best, row) => (distance(row) < distance(best) ? row : best));
    return { ours, theirs: parseSmi(smi.stdout()), processes, atProcesses };
  } finally {
    // It leads a group of its own, so that what the shell started ends with it.
    if (loading?.pid !== undefined && loading.exitCode === null) process.kill(-loading.pid);
    await home.end();
  }
}
