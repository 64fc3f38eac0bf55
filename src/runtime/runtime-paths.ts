import { createHash } from 'node:crypto';
import path from 'node:path';

/** Where the pieces of one sampler's runtime directory are. */
export interface RuntimePaths {
  readonly directory: string;
  /** Address to listen on: a socket file, or a named pipe on Windows. */
  readonly socket: string;
  /** Secret that proves a client may read this user's files. */
  readonly token: string;
  /** Process number and start of the sampler that owns the socket. */
  readonly owner: string;
  /** Which adapter is in a call right now. */
  readonly inFlight: string;
  /** Adapters that took the sampler down with them. */
  readonly quarantine: string;
}

/** Lays out a runtime directory. */
export function runtimePaths(directory: string): RuntimePaths {
  return {
    directory,
    socket: process.platform === 'win32' ? pipeName(directory) : path.join(directory, 'sampler.sock'),
    token: path.join(directory, 'token'),
    owner: path.join(directory, 'sampler.json'),
    inFlight: path.join(directory, 'in-flight'),
    quarantine: path.join(directory, 'quarantine.json'),
  };
}

function pipeName(directory: string): string {
  return `\\\\.\\pipe\\optimetrics-${createHash('sha256').update(directory).digest('hex').slice(0, 24)}`;
}
