import path from 'node:path';
import { pipeName, readPipeSecret } from './pipe-name.ts';

/** Where the pieces of one sampler's runtime directory are. */
export interface RuntimePaths {
  readonly directory: string;
  /** The socket's file; not on Windows. */
  readonly socket: string;
  /** The secret part of the pipe's name, on Windows. */
  readonly pipe: string;
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
    socket: path.join(directory, 'sampler.sock'),
    pipe: path.join(directory, 'pipe'),
    token: path.join(directory, 'token'),
    owner: path.join(directory, 'sampler.json'),
    inFlight: path.join(directory, 'in-flight'),
    quarantine: path.join(directory, 'quarantine.json'),
  };
}

/** Where a client finds the sampler: a socket's file, or a named pipe on Windows; `undefined` where no sampler can be. */
export function clientAddress({ socket, pipe }: RuntimePaths): string | undefined {
  if (process.platform !== 'win32') return socket;
  const secret = readPipeSecret(pipe);
  return secret === undefined ? undefined : pipeName(secret);
}
