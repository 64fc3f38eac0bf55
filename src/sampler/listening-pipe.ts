import fs from 'node:fs';
import type net from 'node:net';
import { codeOf } from '../common/faults.ts';
import { ensurePipeSecret, notePipeSecret, pipeName, readPipeSecret } from '../runtime/pipe-name.ts';
import { listen, SocketTakenError } from './listening-socket.ts';

/**
 * Listens on the sampler's pipe on Windows; owning its name is the lock that makes the sampler the only one.
 *
 * Every user may listen on a pipe of any name that is free, and wait there for what clients say. So the name has a part that
 * only this user can read, and another one after each sampler that has ended in good order: one that was seen while it was
 * in use is of no use later.
 *
 * @param file note of the secret part
 * @returns gives the name up; call it before the server is closed
 * @throws SocketTakenError when a live sampler listens
 * @throws the system's error when the name cannot be noted or used
 */
export async function listenOnPipe(
  server: net.Server,
  file: string,
  addressOf: (secret: string) => string = pipeName,
): Promise<() => void> {
  const secret = ensurePipeSecret(file);
  await listen(server, addressOf(secret)).catch((error: unknown) => {
    throw codeOf(error) === 'EADDRINUSE' ? new SocketTakenError('a sampler is running') : error;
  });
  // One that has just ended may have taken the note with it, and then another may have made its own.
  if (readPipeSecret(file) !== secret && !notePipeSecret(file, secret)) {
    server.close();
    throw new SocketTakenError('a sampler is starting');
  }
  return () => {
    if (readPipeSecret(file) === secret) fs.rmSync(file, { force: true });
  };
}
