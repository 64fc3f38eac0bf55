import { Emitter, type Event, type MessageConnection } from 'vscode-jsonrpc';
import type { Config } from '../common/config/schema.ts';
import { describeFault } from '../common/faults.ts';
import {
  ClearQuarantine,
  Configure,
  CorrectWorkload,
  type CorrectWorkloadParams,
  ForgetCorrections,
  type FrameMessage,
  type HelloParams,
  type HelloResult,
  History,
  type HistoryParams,
  type HistoryResult,
  type LayoutMessage,
  type LogMessage,
  PROTOCOL_VERSION,
  type RangeChunk,
  type RangeParams,
  type RangeResult,
  Retire,
  RetiringNotification,
  type SamplerStatus,
  type SessionsParams,
  type SessionsResult,
  Subscribe,
  type UsageMessage,
  WatchCores,
  type WorkloadMessage,
} from '../common/protocol.ts';
import { english, type Translate } from '../common/translate.ts';
import { isNewer, VERSION } from '../common/version.ts';
import { runtimePaths, type RuntimePaths } from '../runtime/runtime-paths.ts';
import { Backoff } from './backoff.ts';
import { connect, ConnectError, type SamplerConnection } from './connection.ts';
import { hungSampler } from './hung-sampler.ts';
import { LaunchError, launchSampler } from './launch.ts';
import { requestRange } from './range.ts';
import { SamplerNews } from './sampler-news.ts';
import { requestSessions } from './sessions.ts';
import { SilenceWatch } from './silence-watch.ts';
import { stateWords } from './state-words.ts';
import { Uploads } from './uploads.ts';

/** How long a sampler may take to answer a hello before it counts as hung. */
const HELLO_MS = 2_000;
/** Shortest silence that means a hung sampler. */
const SILENCE_MS = 2_000;
/** Silence allowed before the first frame: a slow driver is given a second, and the first tick comes on a whole second. */
const FIRST_FRAME_MS = 3_000;
/** Wait before another attempt while a sampler starts or ends. */
const BUSY_MS = 100;
/** Attempts in a row at a sampler that starts or ends, before it counts as hung. */
const BUSY_ATTEMPTS = 30;
/** Wait after a sampler has said that it retires, so that whoever asked for it starts the next. */
const RETIRED_MS = 500;

/** `running`: frames come. `starting`: they will. `stopped`: nobody wants them. `failed`: they cannot; see the detail. */
export type ClientState = 'stopped' | 'starting' | 'running' | 'failed';

export interface SamplerClientOptions {
  readonly client: HelloParams['client'];
  /** The built `sampler.js`. */
  readonly samplerFile: string;
  readonly runtimeDirectory: string;
  readonly dataDirectory: string;
  readonly writesLog: boolean;
  /** Settings for a sampler that we start. */
  readonly config: Config;
  /** What to do when a running sampler has other settings than ours. `keep` leaves them, `apply` sends ours. */
  readonly onForeignConfig: 'keep' | 'apply';
  /** Language of {@link SamplerClient.detail}; English unless given. */
  readonly translate?: Translate;
}

/**
 * Keeps this process connected to the user's one sampler: connects to the running one or starts it, ends one that
 * hangs, and starts it again when it dies. Nothing here samples.
 */
export class SamplerClient {
  readonly #options: SamplerClientOptions;
  readonly #paths: RuntimePaths;
  readonly #backoff = new Backoff();
  readonly #watch: SilenceWatch;
  readonly #news = new SamplerNews();
  readonly #states = new Emitter<void>();
  #config: Config;
  #wanted = false;
  #isManual = false;
  #watchesCores = false;
  #generation = 0;
  #busyAttempts = 0;
  /** What the last sampler that did not start printed: it is not told again at every try. */
  #printed = '';
  #allowedSilenceMs = SILENCE_MS;
  #connection: SamplerConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #state: ClientState = 'stopped';
  #detail = '';

  constructor(options: SamplerClientOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#paths = runtimePaths(options.runtimeDirectory);
    this.#watch = new SilenceWatch(() => {
      this.#endHungSampler('no sample for too long');
    });
    this.#news.onStatus(({ intervalSeconds }) => {
      this.#allowedSilenceMs = Math.max(SILENCE_MS, 2000 * intervalSeconds);
    });
    this.#news.onFrame(() => {
      this.#watch.heard(this.#allowedSilenceMs);
    });
  }

  readonly onFrame: Event<FrameMessage> = this.#news.onFrame;
  /** Also fires for the first layout of a connection. */
  readonly onLayout: Event<LayoutMessage> = this.#news.onLayout;
  readonly onStatus: Event<SamplerStatus> = this.#news.onStatus;
  readonly onWorkload: Event<WorkloadMessage> = this.#news.onWorkload;
  readonly onUsage: Event<UsageMessage> = this.#news.onUsage;
  readonly onState: Event<void> = this.#states.event;
  readonly uploads = new Uploads(() => this.#rpc);
  /** Lines of the sampler's log and of our own dealings with it. */
  readonly onLog: Event<LogMessage> = this.#news.onLog;

  get state(): ClientState {
    return this.#state;
  }

  /** Why it failed or is being restarted, and what the user can do; empty while all is well. */
  get detail(): string {
    return this.#detail;
  }

  /** Latest columns; `undefined` before the first connection. */
  get layout(): LayoutMessage | undefined {
    return this.#news.layout;
  }

  /** Latest tick of {@link layout}; `undefined` before the first, and while there is no sampler. */
  get frame(): FrameMessage | undefined {
    return this.#news.frame;
  }

  get status(): SamplerStatus | undefined {
    return this.#news.status;
  }

  /** The kind of work; `undefined` before the first connection, and where the sampler does not classify. */
  get workload(): WorkloadMessage | undefined {
    return this.#news.workload;
  }

  /** What the sampler costs; `undefined` in its first seconds, and where it does not tell. */
  get usage(): UsageMessage | undefined {
    return this.#news.usage;
  }

  /** What the sampler said of itself; `undefined` while there is no connection. */
  get sampler(): HelloResult | undefined {
    return this.#connection?.hello;
  }

  /** Wants frames from now on. `isManual`: a person asked for it, so parts in quarantine are tried again. */
  start({ isManual }: { isManual: boolean }): void {
    this.#backoff.reset();
    this.#busyAttempts = 0;
    if (this.#wanted && this.#state !== 'failed') {
      if (!isManual) return;
      if (this.#connection) void this.#request(() => this.#connection?.rpc.sendRequest(ClearQuarantine));
      else this.#isManual = true;
      // Between two attempts there may be a minute; a person does not wait for that.
      if (this.#timer) this.#attemptAfter(0);
      return;
    }
    this.#wanted = true;
    this.#isManual = isManual;
    this.#setState('starting');
    this.#attemptAfter(0);
  }

  /** Wants no more frames. With `endIfLast`, the sampler ends when no other client is connected. */
  async stop({ endIfLast }: { endIfLast: boolean }): Promise<void> {
    this.#wanted = false;
    this.#generation++;
    clearTimeout(this.#timer);
    this.#watch.stop();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#news.end();
    this.#setState('stopped');
    if (!connection) return;
    if (endIfLast) {
      await connection.rpc
        .sendRequest(Retire, { ifLast: true, reason: 'the last client stopped it' })
        .catch(() => undefined);
    }
    connection.close();
  }

  /** Settings for the running sampler and for the ones we start. Rejects when the sampler refuses them. */
  async configure(config: Config): Promise<void> {
    this.#config = config;
    await this.#connection?.rpc.sendRequest(Configure, config);
  }

  /** Whether frames have the utilization of each core, also where cores have no columns of their own; see {@link WatchCores}. */
  set watchesCores(watches: boolean) {
    if (watches === this.#watchesCores) return;
    this.#watchesCores = watches;
    void this.#request(() => this.#connection?.rpc.sendRequest(WatchCores, { watches }));
  }

  /** Series from the sampler's memory. Rejects when there is no sampler. */
  async history(params: HistoryParams): Promise<HistoryResult> {
    return this.#rpc.sendRequest(History, params);
  }

  /** Tells the sampler what the last minutes were; gives the number of corrections. Rejects with a message for the user. */
  async correctWorkload(params: CorrectWorkloadParams): Promise<number> {
    return (await this.#rpc.sendRequest(CorrectWorkload, params)).corrections;
  }

  /** Deletes the corrections; gives the number that there were. Rejects with a message for the user. */
  async forgetCorrections(): Promise<number> {
    return (await this.#rpc.sendRequest(ForgetCorrections)).forgotten;
  }

  /** A span of time, in pieces; see {@link requestRange}. Rejects also when there is no sampler. */
  async range(
    params: Omit<RangeParams, 'token'>,
    take: (chunk: RangeChunk) => void,
    signal?: AbortSignal,
  ): Promise<RangeResult> {
    return requestRange(this.#rpc, params, take, signal);
  }

  /** The sessions of a span; see {@link requestSessions}. Rejects also when there is no sampler. */
  async sessions(params: SessionsParams, signal?: AbortSignal): Promise<SessionsResult> {
    return requestSessions(this.#rpc, params, signal);
  }

  get #t(): Translate {
    return this.#options.translate ?? english;
  }

  get #rpc(): MessageConnection {
    if (!this.#connection) throw new Error('the sampler is not running');
    return this.#connection.rpc;
  }

  #attemptAfter(delayMs: number): void {
    const generation = ++this.#generation;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#attempt(generation);
    }, delayMs);
  }

  /** One try to be connected; what happens next follows from how it fails. */
  async #attempt(generation: number): Promise<void> {
    const isCurrent = (): boolean => this.#wanted && generation === this.#generation;
    try {
      const connection = await this.#connectOrLaunch(isCurrent);
      if (!isCurrent()) {
        connection.close();
        return;
      }
      if (await this.#isWrongVersion(connection)) return;
      await this.#subscribe(connection);
    } catch (error) {
      if (isCurrent()) this.#recover(error);
    }
  }

  async #connectOrLaunch(isCurrent: () => boolean): Promise<SamplerConnection> {
    try {
      return await connect(this.#paths, this.#options.client, HELLO_MS);
    } catch (error) {
      if (!(error instanceof ConnectError) || error.reason !== 'absent' || !isCurrent()) throw error;
    }
    await launchSampler({
      samplerFile: this.#options.samplerFile,
      runtimeDirectory: this.#options.runtimeDirectory,
      dataDirectory: this.#options.dataDirectory,
      writesLog: this.#options.writesLog,
      config: this.#config,
      isManual: this.#isManual,
    });
    this.#isManual = false;
    return connect(this.#paths, this.#options.client, HELLO_MS);
  }

  /** Deals with a sampler of another version; true when this connection is not to be used. */
  async #isWrongVersion(connection: SamplerConnection): Promise<boolean> {
    const { version, protocol } = connection.hello;
    if (isNewer(VERSION, version)) {
      this.#log('info', `asking the sampler of version ${version} to retire for ${VERSION}`);
      await connection.rpc
        .sendRequest(Retire, { ifLast: false, reason: `version ${VERSION} takes over` })
        .catch(() => undefined);
      connection.close();
      this.#attemptAfter(BUSY_MS);
      return true;
    }
    if (protocol === PROTOCOL_VERSION) return false;
    connection.close();
    this.#setState('failed', stateWords.newer(this.#t, version));
    return true;
  }

  async #subscribe(connection: SamplerConnection): Promise<void> {
    this.#connection = connection;
    const { rpc } = connection;
    let isRetiring = false;
    this.#news.listen(connection);
    rpc.onNotification(RetiringNotification, ({ reason }) => {
      isRetiring = true;
      this.#log('info', `the sampler ends: ${reason}`);
    });
    connection.onClose(() => {
      this.#lost(connection, isRetiring);
    });
    this.#watch.start(FIRST_FRAME_MS);
    const first = await rpc.sendRequest(Subscribe);
    if (this.#connection !== connection) return;
    this.#busyAttempts = 0;
    this.#backoff.running(performance.now());
    this.#log(
      'info',
      `connected to the sampler, process ${String(connection.hello.pid)}, version ${connection.hello.version}`,
    );
    this.#news.begin(first);
    this.#setState('running');
    if (first.frame) this.#news.takeFrame(first.frame);
    if (this.#isManual) await this.#request(() => rpc.sendRequest(ClearQuarantine));
    this.#isManual = false;
    await this.#request(() => this.uploads.greet(rpc));
    if (this.#watchesCores) await this.#request(() => rpc.sendRequest(WatchCores, { watches: true }));
    await this.#settleConfig(connection);
  }

  async #settleConfig({ rpc, hello }: SamplerConnection): Promise<void> {
    if (
      this.#options.onForeignConfig === 'keep' ||
      JSON.stringify(hello.config) === JSON.stringify(this.#config)
    )
      return;
    await this.#request(() => rpc.sendRequest(Configure, this.#config));
  }

  /** The connection is over: the sampler died, was ended, or retired. */
  #lost(connection: SamplerConnection, isRetiring: boolean): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#news.end();
    this.#watch.stop();
    if (!this.#wanted) return;
    if (isRetiring) {
      this.#setState('starting', stateWords.replaced(this.#t));
      this.#attemptAfter(RETIRED_MS);
      return;
    }
    const delayMs = this.#backoff.nextDelayMs(performance.now());
    this.#log(
      'warn',
      `the sampler died; ${delayMs === 0 ? 'starting another' : `starting another in ${String(delayMs / 1000)} s`}`,
    );
    this.#setState('starting', stateWords.died(this.#t));
    this.#attemptAfter(delayMs);
  }

  #recover(error: unknown): void {
    if (error instanceof ConnectError) {
      if (error.reason === 'silent') {
        this.#endHungSampler('no answer to hello');
        this.#attemptAfter(BUSY_MS);
        return;
      }
      if (++this.#busyAttempts < BUSY_ATTEMPTS) {
        this.#attemptAfter(BUSY_MS);
        return;
      }
    }
    const delayMs = this.#backoff.nextDelayMs(performance.now());
    const why =
      error instanceof LaunchError || error instanceof ConnectError ? error.message : describeFault(error);
    this.#log('error', `the sampler does not start: ${why}`);
    if (error instanceof LaunchError) this.#logPrinted(error.printed);
    this.#setState(
      'failed',
      error instanceof LaunchError
        ? stateWords.notStarted(this.#t, error.fault)
        : stateWords.noConnection(this.#t, why),
    );
    this.#attemptAfter(Math.max(delayMs, 1_000));
  }

  #logPrinted(printed: string): void {
    if (printed !== '' && printed !== this.#printed) this.#log('error', `it printed:\n${printed}`);
    this.#printed = printed;
  }

  /** Ends a sampler that hangs; see {@link hungSampler}. */
  #endHungSampler(why: string): void {
    const connection = this.#connection;
    const pid = hungSampler(this.#paths.owner, connection?.hello.pid);
    this.#log(
      'warn',
      `the sampler hangs (${why})${pid === undefined ? '' : `; ending process ${String(pid)}`}`,
    );
    if (pid !== undefined) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in the meantime, which is all that was wanted.
      }
    }
    // The end of its socket tells us that it is gone; should the kernel take its time, we do not wait for it.
    connection?.close();
  }

  async #request(send: () => Promise<unknown> | undefined): Promise<void> {
    try {
      await send();
    } catch (error) {
      this.#log('warn', error instanceof Error ? error.message : describeFault(error));
    }
  }

  #setState(state: ClientState, detail = ''): void {
    if (state === this.#state && detail === this.#detail) return;
    this.#state = state;
    this.#detail = detail;
    this.#states.fire();
  }

  #log(level: LogMessage['level'], message: string): void {
    this.#news.log(level, message);
  }
}
