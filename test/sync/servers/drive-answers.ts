import type http from 'node:http';
import { DriveError } from './drive-errors.ts';
import type { Fault } from './drive-faults.ts';

/** What a request comes to, before a fault has its way with it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** The body up to byte `most`, or as far as it comes. */
export async function bodyOf(
  request: http.IncomingMessage,
  most = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= most) break;
    }
  } catch {
    // The client has gone: what came before has come.
  }
  return Buffer.concat(pieces).subarray(0, most);
}

/** With one bit that is another. */
export function damaged(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const at = Math.floor(copy.length / 2);
  if (copy.length > 0) copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at);
  return copy;
}

/** Whether a request is carried out in spite of the fault. */
export function isCarriedOut(fault: Fault | undefined): boolean {
  switch (fault?.kind) {
    case 'status':
      return fault.isDone === true;
    case 'stall':
      return fault.isDone;
    case 'redirect':
    case 'flood':
    case 'drip':
    case 'garbage':
      return false;
    default:
      return true;
  }
}

/** Gives the answer, or what the fault makes of it. */
export async function give(
  answer: Answer,
  fault: Fault | undefined,
  response: http.ServerResponse,
): Promise<void> {
  if (fault?.kind === 'stall') return;
  const { socket } = response;
  if (fault?.kind === 'cut' && fault.where === 'after') {
    socket?.destroy();
    return;
  }
  if (fault?.kind === 'status') {
    answerWith(fault, response);
    return;
  }
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body, null, 1);
  const headers = { 'content-type': 'application/json; charset=UTF-8', ...answer.headers };
  response.writeHead(answer.status, {
    ...headers,
    ...(answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(text) }),
  });
  if (fault?.kind !== 'cut') {
    response.end(text);
    return;
  }
  response.flushHeaders();
  response.write(text.slice(0, Math.floor(text.length / 2)));
  await new Promise(resolve => setImmediate(resolve));
  socket?.destroy();
}

/** Answers without having done anything. */
export async function instead(
  fault: Fault | undefined,
  response: http.ServerResponse,
  url: URL,
): Promise<void> {
  switch (fault?.kind) {
    case 'status':
      answerWith(fault, response);
      break;
    case 'redirect':
      response.writeHead(307, { location: fault.to ?? url.href }).end();
      break;
    case 'garbage':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body>Sign in to the Wi-Fi</body></html>');
      break;
    case 'flood': {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': fault.bytes });
      const piece = Buffer.alloc(65_536, ' ');
      for (let left = fault.bytes; left > 0 && !response.destroyed; left -= piece.length)
        if (!response.write(piece.subarray(0, left))) await drained(response);
      response.end();
      break;
    }
    case 'drip': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), fault.everyMs);
      response.on('close', () => clearInterval(timer));
      break;
    }
    default:
  }
}

function answerWith(fault: Fault & { kind: 'status' }, response: http.ServerResponse): void {
  const { status, reason, retryAfter } = fault;
  const error = new DriveError(status, reason ?? 'backendError', 'Something went wrong.');
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  });
  response.end(JSON.stringify(error.body()));
}

function drained(response: http.ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
