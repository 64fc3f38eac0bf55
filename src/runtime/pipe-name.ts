import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { codeOf } from '../common/faults.ts';

const SECRET = /^[0-9a-f]{32}$/;

/** Name of a sampler's pipe on Windows, which nobody can guess who cannot read the note with its secret part. */
export function pipeName(secret: string): string {
  return `\\\\.\\pipe\\optimetrics-${secret}`;
}

/** Reads the secret part of the pipe's name; `undefined` when there is none (yet). */
export function readPipeSecret(file: string): string | undefined {
  try {
    const secret = fs.readFileSync(file, 'utf8').trim();
    return SECRET.test(secret) ? secret : undefined;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

/**
 * Gives the secret that is noted, else makes one and notes it, readable by this user only. Of two that do it at the same time
 * one may find its note replaced: whoever uses the name reads it again then.
 *
 * @throws the system's error when the note cannot be written
 */
export function ensurePipeSecret(file: string): string {
  for (;;) {
    const noted = readPipeSecret(file);
    if (noted !== undefined) return noted;
    const secret = randomBytes(16).toString('hex');
    if (notePipeSecret(file, secret)) return secret;
    // What is there is damaged, or of somebody who is just writing it.
    if (readPipeSecret(file) === undefined) fs.rmSync(file, { force: true });
  }
}

/**
 * Notes a secret where there is no note. Returns whether there was none.
 *
 * @throws the system's error when it cannot be written
 */
export function notePipeSecret(file: string, secret: string): boolean {
  try {
    fs.writeFileSync(file, secret, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}
