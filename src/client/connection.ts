import net from 'node:net';
import {
  createMessageConnection,
  type MessageConnection,
  NullLogger,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import {
  type FrameMessage,
  FrameNotification,
  Hello,
  type HelloParams,
  type HelloResult,
  PROTOCOL_VERSION,
} from '../common/protocol.ts';
import { VERSION } from '../common/version.ts';
import { clientAddress, type RuntimePaths } from '../runtime/runtime-paths.ts';
import { readToken } from '../runtime/token.ts';
import { SocketMessageReader } from './message-reader.ts';

/** Why no connection came about. */
export type ConnectFailure =
  /** Nobody listens: start a sampler. */
  | 'absent'
  /** A sampler listens and does not answer: it hangs. */
  | 'silent'
  /** It is starting or ending, and its token is not the one that was read: try again. */
  | 'busy';

/** A connection could not be made; {@link reason} says what to do about it. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly reason: ConnectFailure;

  constructor(reason: ConnectFailure) {
    super(`no sampler to talk to: ${reason}`);
    this.reason = reason;
  }
}

/** An open connection to a sampler that has answered our hello. */
export interface SamplerConnection {
  readonly rpc: MessageConnection;
  readonly hello: HelloResult;
  /** Calls back with every frame that the client has subscribed to, in its order among the other messages. */
  onFrame(take: (frame: FrameMessage) => void): void;
  /** Called once when the connection is over, whoever ended it. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * Connects to the user's running sampler and says hello.
 *
 * @param helloMs how long the sampler may take to answer
 * @throws ConnectError when there is none or it does not answer
 */
export async function connect(
  paths: RuntimePaths,
  client: HelloParams['client'],
  helloMs: number,
): Promise<SamplerConnection> {
  const address = clientAddress(paths);
  if (address === undefined) throw new ConnectError('absent');
  const reader = new SocketMessageReader();
  const socket = await openSocket(address, reader, helloMs);
  const token = readToken(paths.token);
  if (token === undefined) {
    socket.destroy();
    throw new ConnectError('busy');
  }
  const rpc = createMessageConnection(reader, new StreamMessageWriter(socket), NullLogger, {
    messageStrategy: reader.strategy,
  });
  const closed = new Promise<void>(resolve => {
    socket.once('close', () => {
      // What came before the end is still being taken in; above all that the sampler ends on purpose.
      void reader.drained().then(() => {
        rpc.dispose();
        resolve();
      });
    });
  });
  // An error of the socket is followed by its close, which is what we act on.
  socket.on('error', () => undefined);
  rpc.onError(() => socket.destroy());
  rpc.listen();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ConnectError('silent'));
    }, helloMs);
  });
  const ended = closed.then(() => {
    throw new ConnectError('busy');
  });
  try {
    const params: HelloParams = { protocol: PROTOCOL_VERSION, token, client, version: VERSION };
    const hello = await Promise.race([rpc.sendRequest(Hello, params), silence, ended]);
    return {
      rpc,
      hello,
      onFrame: take => {
        rpc.onNotification(FrameNotification, take);
        reader.handOn(FrameNotification.method, frame => take(frame as FrameMessage));
      },
      onClose: listener => void closed.then(listener),
      close: () => socket.destroySoon(),
    };
  } catch (error) {
    socket.destroy();
    // Any other answer than a hello (our token is of a sampler that has just ended, say) means: try again.
    throw error instanceof ConnectError ? error : new ConnectError('busy');
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
  }
}

function openSocket(path: string, reader: SocketMessageReader, timeoutMs: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path, onread: reader.onread });
    reader.attach(socket);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new ConnectError('silent'));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', () => {
      clearTimeout(timer);
      reject(new ConnectError('absent'));
    });
  });
}
