import type net from 'node:net';
import * as v from 'valibot';
import {
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  NullLogger,
  ResponseError,
  StreamMessageReader,
} from 'vscode-jsonrpc/node';
import { parseConfigMessage } from '../common/config/message.ts';
import {
  ClearQuarantine,
  Configure,
  CorrectWorkload,
  ErrorCode,
  ForgetCorrections,
  Hello,
  type HelloParams,
  type HelloResult,
  History,
  LayoutNotification,
  LogNotification,
  PROTOCOL_VERSION,
  Range,
  RangeChunks,
  Retire,
  RetiringNotification,
  Sessions,
  StatusNotification,
  Subscribe,
  Unsubscribe,
  UsageNotification,
  WatchCores,
  WorkloadNotification,
} from '../common/protocol.ts';
import type { Config } from '../common/config/schema.ts';
import type {
  CorrectWorkloadParams,
  HistoryParams,
  HistoryResult,
  LayoutMessage,
  LogMessage,
  RangeChunk,
  RangeParams,
  RangeResult,
  SamplerStatus,
  SessionsParams,
  SessionsResult,
  SubscribeResult,
  UsageMessage,
  WorkloadMessage,
} from '../common/protocol.ts';
import { MOST_POINTS } from '../log/history/range-step.ts';
import { MOST_SESSIONS } from '../log/sessions/session-reader.ts';
import { tokenMatches } from '../runtime/token.ts';
import { CredentialsNotification } from '../common/sync-protocol.ts';
import type { PlacedCredentials } from '../common/upload.ts';
import { SocketMessageWriter, type WireText } from './message-writer.ts';
import { serveUploads, type SessionUploads } from './upload/session-uploads.ts';

/** Time a connection has to say hello. */
const HELLO_MS = 5_000;
/** Time for a refusal to go out before the connection ends. */
const REFUSAL_MS = 100;
/** How long the end of the sampler waits for a client that does not read. */
const FAREWELL_MS = 500;
/** Bytes a connection may send before it has said hello. */
const HELLO_BYTES = 65_536;
/** Unsent messages at which a client misses frames instead of filling our memory. */
const SLOW_MESSAGES = 30;
/** Unsent messages at which a client, which has stopped reading, is cut: without layouts it could not go on. */
const STUCK_MESSAGES = 1_000;

/** Columns of one range: all cores of the largest machines. */
const MOST_COLUMNS = 2_000;
/** The last day of the year 9999. */
const LATEST_MS = 253_402_300_799_999;

const Moment = v.pipe(v.number(), v.minValue(0), v.maxValue(LATEST_MS));
const HistoryMessage = v.object({
  seconds: v.number(),
  columns: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(20_000))),
});
const CorrectionMessage = v.object({ category: v.pipe(v.string(), v.maxLength(100)) });
const RangeMessage = v.object({
  from: Moment,
  to: Moment,
  points: v.exactOptional(v.pipe(v.number(), v.minValue(1), v.maxValue(MOST_POINTS))),
  columns: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(MOST_COLUMNS))),
  token: v.pipe(v.number(), v.safeInteger()),
});
const SessionsMessage = v.object({
  from: Moment,
  to: Moment,
  most: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MOST_SESSIONS))),
});
const WatchMessage = v.object({ watches: v.boolean() });
const RetireMessage = v.object({ ifLast: v.boolean(), reason: v.pipe(v.string(), v.maxLength(200)) });

/** What a session asks of the sampler. */
export interface SessionHost {
  readonly token: string;
  hello(): Omit<HelloResult, 'protocol'>;
  subscription(): SubscribeResult;
  /** The latest log lines, for a client that has just come. */
  recentLines(): readonly LogMessage[];
  history(params: HistoryParams): HistoryResult;
  /** @returns how many corrections there are now @throws Error with a message for the user */
  correctWorkload(params: CorrectWorkloadParams): number;
  /** @returns how many corrections there were @throws Error with a message for the user */
  forgetCorrections(): number;
  /**
   * @param isCancelled whether nobody waits for it any more
   * @throws ResponseError
   */
  range(
    params: RangeParams,
    send: (chunk: RangeChunk) => Promise<void>,
    isCancelled: () => boolean,
  ): Promise<RangeResult>;
  /**
   * @param isCancelled whether nobody waits for it any more
   * @throws ResponseError
   */
  sessions(params: SessionsParams, isCancelled: () => boolean): Promise<SessionsResult>;
  /** @throws Error with a message for the user when the settings cannot be changed now */
  configure(config: Config, from: Session): Promise<void>;
  /** What the session watches has changed. */
  watchChanged(session: Session): void;
  readonly uploads: SessionUploads['uploads'];
  /** What the session says of contributions has changed. */
  consentChanged(): void;
  clearQuarantine(): void;
  retire(ifLast: boolean, reason: string): boolean;
  /** The connection is over. */
  left(session: Session): void;
}

/** One client's connection. */
export class Session {
  readonly #socket: net.Socket;
  readonly #host: SessionHost;
  readonly #connection: MessageConnection;
  readonly #writer: SocketMessageWriter;
  #client: HelloParams['client'] | undefined;
  #isSubscribed = false;
  #watchesCores = false;
  #mayContribute: boolean | undefined;
  #credentialPlace: string | undefined;
  /** Notifications that wait for the client to read. */
  #unsent = 0;
  #isLeaving = false;

  constructor(socket: net.Socket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    const reader = new StreamMessageReader(socket);
    // Its timer for messages that arrive in part would go on for ever after a connection that ended in one.
    reader.partialMessageTimeout = 0;
    this.#writer = new SocketMessageWriter(socket);
    this.#connection = createMessageConnection(reader, this.#writer, NullLogger);
    this.#guardAgainstStrangers();
    this.#register();
    socket.once('close', () => {
      this.#connection.dispose();
      host.left(this);
    });
    // A connection that breaks closes right after; there is nobody to tell.
    socket.on('error', () => undefined);
    this.#connection.onError(() => {
      socket.destroy();
    });
    this.#connection.listen();
  }

  /** What kind of client it is; `undefined` before its hello. */
  get client(): HelloParams['client'] | undefined {
    return this.#client;
  }

  /** Whether the client wants the utilization of each core, also where they have no columns. */
  get watchesCores(): boolean {
    return this.#watchesCores;
  }

  /** Whether VS Code's telemetry is on there; `undefined` before the client has said so. */
  get mayContribute(): boolean | undefined {
    return this.#mayContribute;
  }

  /** Whether the client has said that it needs no sampler any more. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** @param notification as `frameNotification` makes it */
  sendFrame(notification: WireText): void {
    if (!this.#isSubscribed || this.#unsent >= SLOW_MESSAGES || this.#socket.destroyed) return;
    this.#unsent++;
    this.#writer.put(notification, this.#sent);
  }

  sendLayout(message: LayoutMessage): void {
    if (this.#isSubscribed) this.#send(this.#connection.sendNotification(LayoutNotification, message));
  }

  sendStatus(message: SamplerStatus): void {
    if (this.#isSubscribed) this.#send(this.#connection.sendNotification(StatusNotification, message));
  }

  sendWorkload(message: WorkloadMessage): void {
    if (this.#isSubscribed) this.#send(this.#connection.sendNotification(WorkloadNotification, message));
  }

  sendUsage(message: UsageMessage): void {
    if (!this.#isSubscribed || this.#unsent >= SLOW_MESSAGES) return;
    this.#send(this.#connection.sendNotification(UsageNotification, message));
  }

  /** Hands renewed credentials to a client that has provided the former, and to no other. */
  sendCredentials(renewed: PlacedCredentials): void {
    if (renewed.place === this.#credentialPlace)
      this.#send(this.#connection.sendNotification(CredentialsNotification, renewed));
  }

  sendLog(message: LogMessage): void {
    if (this.#client !== undefined) this.#send(this.#connection.sendNotification(LogNotification, message));
  }

  /** Announces that the sampler ends; resolves when the message is out, or the client has not read it for a while. */
  async sendRetiring(reason: string): Promise<void> {
    if (this.#client === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>(resolve => {
      timer = setTimeout(resolve, FAREWELL_MS);
    });
    const sent = this.#connection.sendNotification(RetiringNotification, { reason }).catch(() => undefined);
    await Promise.race([sent, patience]);
    clearTimeout(timer);
  }

  end(): void {
    this.#socket.destroySoon();
  }

  /** A connection that does not show the token in time, or floods us before it does, is cut. */
  #guardAgainstStrangers(): void {
    const cut = (): void => {
      this.#socket.destroy();
    };
    const timer = setTimeout(() => {
      if (this.#client === undefined) cut();
    }, HELLO_MS);
    const check = (): void => {
      if (this.#client === undefined) {
        if (this.#socket.bytesRead > HELLO_BYTES) cut();
      } else {
        this.#socket.off('data', check);
        clearTimeout(timer);
      }
    };
    this.#socket.on('data', check);
    this.#socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  #register(): void {
    const host = this.#host;
    const connection = this.#connection;
    connection.onRequest(Hello, params => {
      if (!tokenMatches(host.token, params.token)) {
        return this.#refuse(ErrorCode.denied, 'the token does not match');
      }
      // A client of another protocol is told which one is ours, and not cut: it may ask this sampler to retire.
      this.#client = params.client === 'terminal' ? 'terminal' : 'window';
      return { protocol: PROTOCOL_VERSION, ...host.hello() };
    });
    connection.onRequest(Subscribe, () => {
      this.#requireHello();
      this.#isSubscribed = true;
      for (const line of host.recentLines()) this.sendLog(line);
      return host.subscription();
    });
    connection.onRequest(Unsubscribe, () => {
      this.#requireHello();
      this.#isSubscribed = false;
      return null;
    });
    connection.onRequest(WatchCores, params => {
      this.#requireHello();
      const { watches } = parse(WatchMessage, params);
      if (watches !== this.#watchesCores) {
        this.#watchesCores = watches;
        host.watchChanged(this);
      }
      return null;
    });
    connection.onRequest(History, params => {
      this.#requireHello();
      return host.history(parse(HistoryMessage, params));
    });
    connection.onRequest(CorrectWorkload, params => {
      this.#requireHello();
      return { corrections: host.correctWorkload(parse(CorrectionMessage, params)) };
    });
    connection.onRequest(ForgetCorrections, () => {
      this.#requireHello();
      return { forgotten: host.forgetCorrections() };
    });
    connection.onRequest(Range, (params, cancellation) => {
      this.#requireHello();
      const range = parse(RangeMessage, params);
      return host.range(
        range,
        chunk => connection.sendProgress(RangeChunks, range.token, chunk),
        () => cancellation.isCancellationRequested || this.#socket.destroyed,
      );
    });
    connection.onRequest(Sessions, (params, cancellation) => {
      this.#requireHello();
      return host.sessions(
        parse(SessionsMessage, params),
        () => cancellation.isCancellationRequested || this.#socket.destroyed,
      );
    });
    connection.onRequest(Configure, async params => {
      this.#requireHello();
      const config = parseConfigMessage(params);
      if (typeof config === 'string') throw new ResponseError(ErrorCode.protocol, config);
      await host.configure(config, this);
      return null;
    });
    connection.onRequest(ClearQuarantine, () => {
      this.#requireHello();
      host.clearQuarantine();
      return null;
    });
    connection.onRequest(Retire, params => {
      this.#requireHello();
      const { ifLast, reason } = parse(RetireMessage, params);
      this.#isLeaving = true;
      return { ending: host.retire(ifLast, reason) };
    });
    serveUploads(connection, {
      uploads: host.uploads,
      requireHello: () => this.#requireHello(),
      onConsent: allowed => {
        this.#mayContribute = allowed;
        host.consentChanged();
      },
      onSecrets: ({ credentials }) => {
        this.#credentialPlace = credentials?.place ?? this.#credentialPlace;
      },
    });
    // What a newer client asks for and this sampler does not know.
    connection.onRequest(method => {
      this.#requireHello();
      throw new ResponseError(
        ErrorCodes.MethodNotFound,
        `this sampler does not know “${method.slice(0, 50)}”`,
      );
    });
    connection.onUnhandledNotification(() => {
      if (this.#client === undefined) this.#socket.destroy();
    });
  }

  #requireHello(): void {
    if (this.#client === undefined) throw this.#refuse(ErrorCode.denied, 'say hello first');
  }

  #refuse(code: number, message: string): ResponseError {
    setTimeout(() => {
      this.#socket.destroySoon();
    }, REFUSAL_MS);
    return new ResponseError(code, message);
  }

  #send(sent: Promise<void>): void {
    if (++this.#unsent > STUCK_MESSAGES) this.#socket.destroy();
    // A notification that cannot be sent means that the connection is closing, which ends the session by itself.
    sent.then(this.#sent, this.#sent);
  }

  readonly #sent = (): void => {
    this.#unsent--;
  };
}

/** @throws ResponseError when the message is not of the form */
function parse<T>(form: v.GenericSchema<unknown, T>, message: unknown): T {
  const result = v.safeParse(form, message);
  if (result.success) return result.output;
  throw new ResponseError(ErrorCode.protocol, 'the message is malformed');
}
