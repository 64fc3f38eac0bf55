import type http from 'node:http';
import { PassingFault, RefusedFault } from '../targets/faults.ts';
import type { HttpReply } from './http-client.ts';

export interface ReplyBounds {
  readonly party: string;
  readonly mostBytes: number;
  /** Time for the whole of it: a byte now and then is no answer. */
  readonly timeMs: number;
  readonly onBody?: (piece: Uint8Array) => void;
}

/** Takes a reply to its end within its bounds, or ends the connection. */
export async function takeReply(
  outgoing: http.ClientRequest,
  answered: Promise<http.IncomingMessage>,
  { party, mostBytes, timeMs, onBody }: ReplyBounds,
): Promise<HttpReply> {
  let late: PassingFault | undefined;
  const timer = setTimeout(() => {
    late = new PassingFault(`${party} takes too long to answer`);
    outgoing.destroy(late);
  }, timeMs);
  try {
    const incoming = await answered;
    const status = incoming.statusCode ?? 0;
    const isGood = status >= 200 && status < 300;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of incoming as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > mostBytes)
        throw new RefusedFault(
          `${party} answers with more than ${mostBytes} bytes, which no such server does`,
          'Check the address in the settings',
        );
      if (onBody && isGood) onBody(piece);
      else pieces.push(piece);
    }
    return { status, headers: incoming.headers, body: Buffer.concat(pieces) };
  } catch (error) {
    outgoing.destroy();
    // What is seen of a connection that we have ended is that it was cut.
    throw late ?? error;
  } finally {
    clearTimeout(timer);
  }
}
