import { createHash } from 'node:crypto';
import type { SyncMode } from '../segments/segment.ts';

/** Where an upload goes. */
export interface Destination {
  readonly mode: SyncMode;
  readonly provider: string;
  /** What tells one place of that provider from another: endpoint, bucket and prefix; address; folder. No credentials. */
  readonly coordinates: readonly string[];
  /** Real path of the log's folder. */
  readonly logDirectory: string;
}

/**
 * Names a destination: 16 hexadecimal digits. Each has its own journal and spool; another one gets the whole log, and coming
 * back to one goes on where it stopped.
 */
export function destinationId({ mode, provider, coordinates, logDirectory }: Destination): string {
  return createHash('sha256')
    .update(JSON.stringify([mode, provider, ...coordinates, logDirectory]))
    .digest('hex')
    .slice(0, 16);
}
