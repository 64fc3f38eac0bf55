import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Ended {
  /** -1 when it could not be started, or was killed. */
  readonly code: number;
  readonly stdout: string;
  /** Whether there is no such program. */
  readonly isMissing: boolean;
}

/** A keyring that asks the user something waits for the answer. */
const LONGEST_MS = 120_000;
const MOST_OUTPUT = 65_536;

/**
 * Runs a program to its end. What it is told goes through its standard input, which other users cannot see, as they can a
 * command line. Never rejects. What it says on standard error is not looked at: nobody knows what a keyring puts there.
 */
export function runProgram(file: string, args: readonly string[], input: string): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: LONGEST_MS,
      windowsHide: true,
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < MOST_OUTPUT) stdout += text;
    });
    child.stdin.on('error', () => {
      // It ended without reading, and its exit code says so.
    });
    child.on('error', error => {
      resolve({ code: -1, stdout: '', isMissing: 'code' in error && error.code === 'ENOENT' });
    });
    child.on('close', code => {
      resolve({ code: code ?? -1, stdout, isMissing: false });
    });
    child.stdin.end(input);
  });
}
