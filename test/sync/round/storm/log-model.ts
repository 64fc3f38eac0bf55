import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { utcDate } from '../../../../src/log/file-name.ts';
import { isHeld } from '../../../../src/sync/round/held-file.ts';
import type { Released } from '../../../../src/sync/round/result.ts';
import type { Random } from '../random.ts';

const ID = '476aa2f138590064966c48cda3e6a773';
const HEADER = 'timestamp,hardware_id,session_category,total_utilization,net_connections_total\n';
/** Bytes after which a file is full: about 12 rows. */
const FULL_BYTES = 1_050;

/** A plain file. */
interface Written {
  size: number;
  /** Bytes that the disk has for sure. */
  durable: number;
  /** What is still to be written of a row. */
  rest: string;
  rows: LoggedRow[];
}

interface LoggedRow {
  readonly row: string;
  /** Where it ends in its file. */
  readonly end: number;
}

/**
 * A log as the sampler writes it, very small: files of a day and a number, some compressed, with rows that all differ. Remembers
 * every row that has been in it and has to be at the target.
 */
export class LogModel {
  readonly #directory: string;
  readonly #random: Random;
  readonly #plain = new Map<string, Written>();
  /** Rows of files that are compressed, or were deleted. */
  readonly #closed: string[] = [];
  #open = '';
  #next = 1;

  constructor(directory: string, random: Random) {
    this.#directory = directory;
    this.#random = random;
    fs.mkdirSync(directory, { recursive: true });
  }

  /** Writes a row, or half of it: the rest comes with the next. */
  append(utcMs: number): void {
    const file = this.#fileFor(utcMs);
    const time = new Date(utcMs).toISOString();
    const load = this.#random.chance(0.2) ? '' : String(this.#random.below(1000) / 10);
    const number = String(this.#next++);
    const text = `${time},${ID},idle,${load},${number}\n`;
    this.#finish(this.#open);
    const half = this.#random.chance(0.1) ? this.#random.below(text.length) : text.length;
    file.rows.push({ row: `${time} ${load} ${number}`, end: file.size + text.length });
    this.#write(this.#open, text.slice(0, half));
    file.rest = text.slice(half);
  }

  /** The disk has all of a file now. */
  synced(file: string): void {
    const written = this.#plain.get(path.basename(file));
    if (written) written.durable = written.size;
  }

  /** The sampler ends its file and goes on in another. */
  leaveFile(): void {
    this.#finish(this.#open);
    this.#open = '';
  }

  /** Compresses a file that is not written any more, as the sampler does. */
  compressOne(): void {
    const ended = [...this.#plain.keys()].filter(name => name !== this.#open);
    if (ended.length === 0) return;
    const name = this.#random.pick(ended);
    const file = this.#pathOf(name);
    fs.writeFileSync(`${file}.gz`, gzipSync(fs.readFileSync(file)));
    this.#forget(name);
  }

  /** Deletes the files that may be. */
  deleteReleased(released: Released): void {
    for (const name of fs.readdirSync(this.#directory)) {
      if (name === this.#open || isHeld(this.#directory, name, released)) continue;
      if (this.#plain.has(name)) this.#forget(name);
      else fs.rmSync(this.#pathOf(name));
    }
  }

  /** What was not synced is there, or not, or in part; the sampler cuts off a row that was not finished. */
  cutPower(): void {
    for (const [name, { durable, size }] of this.#plain) this.#cut(name, this.#random.whole(durable, size));
    this.#open = '';
  }

  /** The sampler was killed, and has come back. */
  restart(): void {
    for (const [name, { size }] of this.#plain) this.#cut(name, size);
    this.#open = '';
  }

  /** All rows that have to be at the target, each as its time, load and number. */
  rows(): string[] {
    return [...this.#closed, ...[...this.#plain.values()].flatMap(({ rows }) => rows.map(({ row }) => row))];
  }

  /** Leaves so many bytes of a file, and of these the whole lines. */
  #cut(name: string, bytes: number): void {
    const file = this.#pathOf(name);
    const whole = fs.readFileSync(file).subarray(0, bytes).lastIndexOf(0x0a) + 1;
    const written = this.#plain.get(name);
    if (!written) return;
    fs.truncateSync(file, whole);
    const rows = written.rows.filter(({ end }) => end <= whole);
    this.#plain.set(name, { size: whole, durable: whole, rest: '', rows });
    if (whole === 0) this.#forget(name);
  }

  #forget(name: string): void {
    this.#closed.push(...(this.#plain.get(name)?.rows ?? []).map(({ row }) => row));
    fs.rmSync(this.#pathOf(name));
    this.#plain.delete(name);
  }

  #finish(name: string): void {
    const file = this.#plain.get(name);
    if (!file) return;
    this.#write(name, file.rest);
    file.rest = '';
  }

  #write(name: string, text: string): void {
    const file = this.#plain.get(name);
    if (!file || text === '') return;
    fs.appendFileSync(this.#pathOf(name), text);
    file.size += text.length;
  }

  #fileFor(utcMs: number): Written {
    const date = utcDate(utcMs);
    const open = this.#plain.get(this.#open);
    if (open && this.#open.includes(date) && open.size < FULL_BYTES) return open;
    this.leaveFile();
    const taken = fs.readdirSync(this.#directory);
    let number = 0;
    // The number of a file that was deleted is given again.
    while (taken.some(name => name.startsWith(nameOf(date, number)))) number++;
    this.#open = nameOf(date, number);
    const file: Written = { size: 0, durable: 0, rest: '', rows: [] };
    this.#plain.set(this.#open, file);
    this.#write(this.#open, HEADER);
    return file;
  }

  #pathOf(name: string): string {
    return path.join(this.#directory, name);
  }
}

function nameOf(date: string, number: number): string {
  return `metrics_${ID.slice(0, 8)}_${date}${number === 0 ? '' : `_${String(number)}`}.csv`;
}
