import fs from 'node:fs';
import type { ProcessIdentity } from './process-identity.ts';

/** Notes which process owns the socket, so that a client can end it when it hangs too hard to say so. */
export function writeOwner(file: string, owner: ProcessIdentity): void {
  const beside = `${file}.${String(process.pid)}`;
  fs.writeFileSync(beside, JSON.stringify(owner), { mode: 0o600 });
  fs.renameSync(beside, file);
}

/** The process that last said it owns the socket; `undefined` when none did or the note is damaged. */
export function readOwner(file: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value))
      return undefined;
    const { pid, started } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 1 || typeof started !== 'string')
      return undefined;
    return { pid, started };
  } catch {
    return undefined;
  }
}
