// Measures sealing and opening beside node:crypto, in a process of its own. Bundled as the sampler is, and started with its
// flags.
//   encryption-worker.js <JSON of EncryptionTask>
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { seal as sealChunk } from '../../src/sync/envelope/aes-gcm.ts';
import { LocalKey } from '../../src/sync/envelope/local-key.ts';
import { seal } from '../../src/sync/envelope/seal.ts';
import { type Bytes } from '../../src/sync/envelope/source.ts';
import { unseal } from '../../src/sync/envelope/unseal.ts';
import type { EncryptionTask, MemoryResult, SpeedResult } from './encryption.ts';

const PIECE = 65_536;
const PIECES = 512;
const TURNS = 8;
const FILE_BYTES = 64 * 2 ** 20;
const LOOK_BYTES = 4 * 2 ** 20;
const MIB = 2 ** 20;
/** Pieces that wait are written together. */
const BUFFERED = { highWaterMark: 2 ** 20 };

const CIPHER = 'aes-256-gcm';
const key = LocalKey.generate();

async function drain(bytes: Bytes): Promise<number> {
  let length = 0;
  for await (const piece of bytes) length += piece.length;
  return length;
}

/** Like sealing a stream: a generator of pieces, so that garbage is made and collected at the same pace. */
async function* raw(plaintext: Bytes): AsyncGenerator<Uint8Array, void> {
  const cipher = createCipheriv(CIPHER, randomBytes(32), randomBytes(12));
  for await (const piece of plaintext) yield cipher.update(piece);
  cipher.final();
  yield cipher.getAuthTag();
}

async function* aCipherAChunk(plaintext: Bytes): AsyncGenerator<Uint8Array, void> {
  const chunkKey = createSecretKey(randomBytes(32));
  const nonce = randomBytes(12);
  let chunk = 0;
  for await (const piece of plaintext) {
    nonce.writeUInt32BE(chunk++);
    for (const sealed of sealChunk(chunkKey, nonce, [piece])) yield sealed;
  }
}

/** The pieces over and over: a stream longer than what garbage may pile up to. */
function* repeated(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (let turn = 0; turn < TURNS; turn++) yield* pieces;
}

/** CPU time in µs, of all threads, with that of collecting the garbage that is made. */
async function timed(work: () => unknown): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await work();
  globalThis.gc?.();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Times ways in turn, so that what else the machine does meets all alike. */
async function inTurn(
  ways: Readonly<Record<string, () => unknown>>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const times = Object.fromEntries(Object.keys(ways).map(name => [name, [] as number[]]));
  // The first round compiles.
  for (let round = -1; round < rounds; round++) {
    for (const [name, work] of Object.entries(ways)) {
      const us = await timed(work);
      if (round >= 0) times[name]?.push(us);
    }
  }
  return times;
}

/** Sealed and cut as a file is that is read. */
async function sealedPieces(data: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of seal(repeated(data), { key })) pieces.push(piece);
  const file = Buffer.concat(pieces);
  return Array.from({ length: Math.ceil(file.length / PIECE) }, (_, at) =>
    file.subarray(at * PIECE, (at + 1) * PIECE),
  );
}

async function speed(folder: string, rounds: number): Promise<SpeedResult> {
  // More than the processor's caches have room for beside what comes of it.
  const data = Array.from({ length: PIECES }, () => randomBytes(PIECE));
  const sealed = await sealedPieces(data);
  const file = (name: string): string => path.join(folder, name);
  fs.writeFileSync(file('plain'), randomBytes(FILE_BYTES));
  const fromFile = (name: string): fs.ReadStream => fs.createReadStream(file(name), BUFFERED);
  const [rawKey, nonce] = [randomBytes(32), randomBytes(12)];
  const toFile = (name: string): fs.WriteStream => fs.createWriteStream(file(name), BUFFERED);
  return {
    bytes: PIECE * PIECES * TURNS,
    inMemory: await inTurn(
      {
        'raw AES-256-GCM': () => drain(raw(repeated(data))),
        'a cipher a chunk': () => drain(aCipherAChunk(repeated(data))),
        'sealing': () => drain(seal(repeated(data), { key })),
        'opening': async () => drain((await unseal(sealed, { local: [key] })).plaintext),
      },
      rounds,
    ),
    fileBytes: FILE_BYTES,
    throughFiles: await inTurn(
      {
        'raw AES-256-GCM': () =>
          pipeline(fromFile('plain'), createCipheriv(CIPHER, rawKey, nonce), toFile('raw')),
        'sealing': () =>
          pipeline(fromFile('plain'), source => seal(source as Bytes, { key }), toFile('sealed')),
        'raw AES-256-GCM, decrypting': () => {
          // Without its tag, which would only be looked at in the end.
          const decipher = createDecipheriv(CIPHER, rawKey, nonce);
          return pipeline(
            fromFile('raw'),
            async function* (source) {
              for await (const piece of source) yield decipher.update(piece as Buffer);
            },
            toFile('opened-raw'),
          );
        },
        'opening': () =>
          pipeline(
            fromFile('sealed'),
            async function* (source) {
              yield* (await unseal(source as Bytes, { local: [key] })).plaintext;
            },
            toFile('opened'),
          ),
      },
      rounds,
    ),
  };
}

/** Bytes that are new ones each time, as those of a file are. */
function* fresh(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= PIECE) yield Buffer.alloc(Math.min(left, PIECE), 0x2c);
}

async function memory(opens: boolean, bytes: number): Promise<MemoryResult> {
  const run = async (length: number, look: () => void): Promise<void> => {
    const sealed = seal(fresh(length), { key });
    const stream = opens ? (await unseal(sealed, { local: [key] })).plaintext : sealed;
    let next = 0;
    let seen = 0;
    for await (const piece of stream) {
      seen += piece.length;
      if (seen < next) continue;
      next = seen + LOOK_BYTES;
      look();
    }
  };
  await run(MIB, () => undefined);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let highest = before;
  await run(bytes, () => {
    highest = Math.max(highest, process.memoryUsage.rss());
  });
  return { beforeMib: before / MIB, highestMib: highest / MIB };
}

async function main(task: EncryptionTask): Promise<void> {
  const result =
    task.what === 'speed' ? await speed(task.folder, task.rounds) : await memory(task.opens, task.bytes);
  process.stdout.write(JSON.stringify(result));
}

void main(JSON.parse(process.argv[2] ?? '') as EncryptionTask);
