import { mkdirSync } from 'node:fs';
import { median } from './statistics.ts';
import { formatTable, type Table } from './table.ts';
import { bundleWorker, runWorker } from './worker.ts';

/** The same data encrypted by one of the ways that are compared. */
export interface EncryptionWay {
  readonly name: string;
  /** 10^6 bytes a second of CPU time. */
  readonly mbPerSecond: number;
  /** To {@link EncryptionCosts.raw} of the same kind. */
  readonly toRaw: number;
}

/** What sealing files costs. */
export interface EncryptionCosts {
  readonly inMemory: readonly EncryptionWay[];
  readonly throughFiles: readonly EncryptionWay[];
  /** Highest resident memory above what was before, in MiB, for a stream of {@link streamedBytes}. */
  readonly sealMib: number;
  readonly sealAndOpenMib: number;
  readonly streamedBytes: number;
}

/** What `encryption-worker.ts` is told. */
export type EncryptionTask =
  | { readonly what: 'speed'; readonly folder: string; readonly rounds: number }
  | { readonly what: 'memory'; readonly opens: boolean; readonly bytes: number };

/** Names of ways and what each took in each round, in µs of CPU time for {@link bytes}. */
export interface SpeedResult {
  readonly bytes: number;
  readonly inMemory: Readonly<Record<string, readonly number[]>>;
  readonly fileBytes: number;
  readonly throughFiles: Readonly<Record<string, readonly number[]>>;
}

export interface MemoryResult {
  readonly beforeMib: number;
  readonly highestMib: number;
}

const ROUNDS = 15;
const STREAMED = 1e9;

/** Measures sealing and opening beside `node:crypto`, in processes of their own. */
export async function measureEncryption(folder: string): Promise<EncryptionCosts> {
  mkdirSync(folder);
  const worker = await bundleWorker('encryption-worker.ts', folder);
  const run = (task: EncryptionTask): Promise<unknown> =>
    runWorker(worker, [JSON.stringify(task)], { flags: ['--expose-gc'], isUpload: true });
  const speed = (await run({ what: 'speed', folder, rounds: ROUNDS })) as SpeedResult;
  const memory = async (opens: boolean): Promise<number> => {
    const { beforeMib, highestMib } = (await run({
      what: 'memory',
      opens,
      bytes: STREAMED,
    })) as MemoryResult;
    return highestMib - beforeMib;
  };
  return {
    inMemory: waysOf(speed.inMemory, speed.bytes),
    throughFiles: waysOf(speed.throughFiles, speed.fileBytes),
    sealMib: await memory(false),
    sealAndOpenMib: await memory(true),
    streamedBytes: STREAMED,
  };
}

/** The first way is the one that the others are compared with, round by round. */
export function waysOf(times: Readonly<Record<string, readonly number[]>>, bytes: number): EncryptionWay[] {
  const [[, raw] = ['', []]] = Object.entries(times);
  return Object.entries(times).map(([name, us]) => ({
    name,
    mbPerSecond: bytes / median(us),
    toRaw: median(us.map((one, round) => (raw[round] ?? Number.NaN) / one)),
  }));
}

/** Tables of what was measured. */
export function encryptionTables({ inMemory, throughFiles, ...memory }: EncryptionCosts): Table[] {
  const ways = (head: string, rows: readonly EncryptionWay[]): Table => ({
    head: [head, 'MB/s', 'to the first'],
    rows: rows.map(({ name, mbPerSecond, toRaw }) => [
      name,
      mbPerSecond.toFixed(0),
      `${(100 * toRaw).toFixed(0)} %`,
    ]),
  });
  return [
    ways('in memory', inMemory),
    ways('from file to file', throughFiles),
    {
      head: [`a stream of ${(memory.streamedBytes / 1e9).toFixed(0)} GB`, 'extra memory MiB'],
      rows: [
        ['sealing', memory.sealMib.toFixed(1)],
        ['sealing and opening at the same time', memory.sealAndOpenMib.toFixed(1)],
      ],
    },
  ];
}

/** The part of the report on encryption. */
export function encryptionText(costs: EncryptionCosts): string {
  return [
    '== Encryption ==',
    '',
    ...encryptionTables(costs).flatMap(table => [formatTable(table), '']),
    'aim: at least 85 % of raw AES-256-GCM, and less than 30 MB of extra memory',
    '',
    `· MB are 10^6 bytes, a second is one of CPU time of all threads, median of ${ROUNDS} rounds in turn; a share is the median of those of the rounds.`,
    '· Raw is one cipher of node:crypto over all the data, in pieces of 64 KiB. A cipher a chunk is what any format with chunks has to do with node:crypto.',
  ].join('\n');
}
