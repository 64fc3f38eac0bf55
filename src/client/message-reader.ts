import type net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageStrategy,
} from 'vscode-jsonrpc/node';
import { FramingError, MessageSplitter } from './message-splitter.ts';

/** What is received into, again and again; longer messages come in several pieces. */
const BUFFER_BYTES = 65_536;

type Taker = (params: unknown) => void;

/**
 * Reads messages from a socket in the form of the library's `StreamMessageReader`. What arrives once a second is the most
 * that a window has to do, so it comes into one buffer, past the streams of Node, and there are no promises between the
 * bytes and the message.
 *
 * A notification of a method that {@link handOn} was called for does not even wait for the connection's queue, which takes
 * a turn of the event loop for each message, unless another message is in it: the order in which they were sent is kept.
 */
export class SocketMessageReader extends AbstractMessageReader implements MessageReader {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  readonly #splitter = new MessageSplitter();
  readonly #takers = new Map<string, Taker>();
  #callback: DataCallback | undefined;
  #socket: net.Socket | undefined;
  /** Messages that the connection has got and not dealt with. */
  #waiting = 0;
  #isBroken = false;

  /** For `net.connect`: receives what arrives. Nothing may arrive before {@link listen}. */
  readonly onread: net.OnReadOpts = {
    buffer: this.#buffer,
    callback: length => {
      this.#receive(this.#buffer.subarray(0, length));
      return true;
    },
  };

  /** For the connection that this reader is given to: tells the reader when a message is dealt with. */
  readonly strategy: MessageStrategy = {
    handleMessage: (message, next) => {
      this.#waiting--;
      return next(message);
    },
  };

  /** @param socket made with {@link onread} */
  attach(socket: net.Socket): void {
    this.#socket = socket;
  }

  /**
   * Gives the parameters of the notifications of a method to `take`, where no earlier message is still to be dealt with.
   * Others go to the connection, which must know `take` as well. What `take` throws is dropped, as the connection does it.
   */
  handOn(method: string, take: Taker): void {
    this.#takers.set(method, take);
  }

  /** Resolves when the connection has dealt with all that came; it takes a turn of the event loop for each message. */
  async drained(): Promise<void> {
    for (let turns = this.#waiting; turns >= 0 && this.#waiting > 0; turns--) await setImmediate();
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    const onError = (error: Error): void => {
      this.fireError(error);
    };
    const onClose = (): void => {
      this.fireClose();
    };
    this.#socket?.on('error', onError).on('close', onClose);
    return {
      dispose: () => {
        this.#callback = undefined;
        this.#socket?.off('error', onError).off('close', onClose);
      },
    };
  }

  #receive(bytes: Buffer): void {
    if (this.#isBroken) return;
    try {
      this.#splitter.add(bytes, this.#take);
    } catch (error) {
      this.#isBroken = true;
      this.fireError(error);
    }
  }

  readonly #take = (body: string): void => {
    const message = JSON.parse(body) as Message | null;
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      throw new FramingError('what came is no message');
    const taker = this.#waiting === 0 ? this.#takerOf(message) : undefined;
    if (!taker) {
      this.#waiting++;
      this.#callback?.(message);
      return;
    }
    try {
      taker((message as { readonly params?: unknown }).params);
    } catch {
      // As the connection does with what its listeners throw: what comes next is not lost with it.
    }
  };

  #takerOf(message: Message): Taker | undefined {
    const isNotification = 'method' in message && !('id' in message) && typeof message.method === 'string';
    return isNotification ? this.#takers.get(message.method as string) : undefined;
  }
}
