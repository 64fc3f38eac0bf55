import { randomBytes, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import { codeOf } from '../common/faults.ts';

const TOKEN = /^[0-9a-f]{64}$/;

/**
 * Writes a fresh token, readable by this user only, in one step, so that no reader ever sees half of it.
 *
 * @throws the system's error when the file cannot be written
 */
export function writeToken(file: string): string {
  const token = randomBytes(32).toString('hex');
  const beside = `${file}.${String(process.pid)}`;
  fs.writeFileSync(beside, token, { mode: 0o600 });
  fs.renameSync(beside, file);
  return token;
}

/** Reads the token; `undefined` when there is none (yet). */
export function readToken(file: string): string | undefined {
  try {
    const token = fs.readFileSync(file, 'utf8').trim();
    return TOKEN.test(token) ? token : undefined;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

/** Compares a token from a client with ours, in a time that does not depend on where they differ. */
export function tokenMatches(expected: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
