import type net from 'node:net';
import os from 'node:os';
import type { Config } from '../common/config/schema.ts';
import { describeFault } from '../common/faults.ts';
import type { Frame } from '../common/frame.ts';
import type {
  CorrectWorkloadParams,
  HelloResult,
  HistoryParams,
  HistoryResult,
  LogMessage,
  SamplerStatus,
  SubscribeResult,
} from '../common/protocol.ts';
import { VERSION } from '../common/version.ts';
import type { Adapter } from './adapters/base.ts';
import { AdapterHost } from './adapter-host.ts';
import { collectionChoice } from './collection.ts';
import { isContainer } from './container.ts';
import type { HardwareNames } from './hardware-id.ts';
import { History } from './history.ts';
import type { InFlightMarks } from './in-flight.ts';
import { MachineIdentity } from './machine-identity.ts';
import { OwnUsage } from './own-usage.ts';
import type { Quarantine } from './quarantine.ts';
import { SampleLog } from './sample-log.ts';
import { Session, type SessionHost } from './session.ts';
import type { Sysroot } from './sysroot.ts';
import { TickLoop } from './tick-loop.ts';
import type { StartJob } from './upload/upload-process.ts';
import { type Consent, Uploads } from './upload/uploads.ts';
import { frameNotification, toFrameMessage, toLayoutMessage } from './wire.ts';
import { Workload, type WorkloadParts } from './workload/workload.ts';

/** How long the sampler waits for a client to come (back) before it ends: a window that reloads takes a few seconds. */
const LINGER_MS = 15_000;
/** How long after the start names are looked up again; late, so that it disturbs nothing. */
const REFRESH_NAMES_MS = 10_000;
/** Log lines kept for clients that connect later. */
const RECENT_LINES = 20;
/** The name of the time per class among the parts that may hang. */
const TIMES_PART = 'time per class';

export interface SamplerOptions {
  readonly config: Config;
  readonly adapters: readonly Adapter[];
  readonly sysroot: Sysroot;
  readonly marks: InFlightMarks;
  readonly quarantine: Quarantine;
  /** Secret that clients show. */
  readonly token: string;
  /** Folder of the cached inventory. */
  readonly dataDirectory: string;
  readonly workload: WorkloadParts;
  /** Whether samples are written to the log, and the time per class to its file. */
  readonly writesLog: boolean;
  /** Stays without clients. */
  readonly stays: boolean;
  readonly startUpload: StartJob;
  /** Frees the address, so that another sampler can begin; called once, when all but a last sealing is over. */
  readonly onFree: () => void;
  /** Ends the process; called once, after everything is closed. */
  readonly onEnd: () => void;
}

/** The one process that samples: reads the adapters once a tick and gives the frame to history, log and clients. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #host: AdapterHost;
  readonly #identity: MachineIdentity;
  readonly #loop: TickLoop;
  readonly #history = new History();
  readonly #workload: Workload;
  readonly #sessions = new Set<Session>();
  readonly #startedAt = Date.now();
  readonly #isContainer: boolean;
  readonly #usage = new OwnUsage(performance.now());
  #config: Config;
  #names: HardwareNames | undefined;
  #hardwareId = '';
  readonly #log: SampleLog;
  readonly #uploads: Uploads;
  #latest: Frame | undefined;
  #seq = 0;
  /** Whether it has been told that the time per class cannot be written. */
  #hasToldOfTimes = false;
  #linger: NodeJS.Timeout | undefined;
  #refresh: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #identified: Promise<void> = Promise.resolve();
  readonly #recentLines: LogMessage[] = [];

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#identity = new MachineIdentity(options.sysroot, options.dataDirectory, message => {
      this.report('warn', message);
    });
    this.#host = new AdapterHost({
      adapters: options.adapters,
      context: {
        sysroot: options.sysroot,
        log: message => {
          this.report('info', message);
        },
      },
      marks: options.marks,
      quarantine: options.quarantine,
      known: this.#identity.knownDevices,
      onLayout: () => {
        this.#layoutChanged();
      },
      onStatus: () => {
        this.#statusChanged();
      },
    });
    this.#loop = new TickLoop(this.#config.general.loggingInterval * 1000, elapsed => {
      this.#tick(elapsed);
    });
    this.#isContainer = isContainer(options.sysroot);
    this.#workload = new Workload({
      config: this.#config,
      ...options.workload,
      keepsTimes: options.writesLog,
    });
    this.#log = new SampleLog(
      {
        isWritten: options.writesLog,
        marks: options.marks,
        quarantine: options.quarantine,
        recent: this.#history,
        isHeld: name => this.#uploads.isHeld(name),
        report: (level, message) => {
          this.report(level, message);
        },
        onStatus: () => {
          this.#statusChanged();
        },
      },
      this.#config,
    );
    this.#uploads = new Uploads(
      {
        dataDirectory: options.dataDirectory,
        hasLog: options.writesLog,
        start: options.startUpload,
        clock: { monotonicMs: () => performance.now(), utcMs: Date.now, random: Math.random },
        report: (level, message) => {
          this.report(level, message);
        },
        onStatus: () => {
          this.#statusChanged();
        },
        onRenewed: renewed => {
          for (const session of this.#sessions) session.sendCredentials(renewed);
        },
        rowsWritten: () => this.#log.status.rowsWritten,
      },
      this.#config,
    );
  }

  /** Opens the hardware and starts ticking. */
  async start(): Promise<void> {
    this.#setPriority();
    this.#reportWorkload();
    await this.#host.open(collectionChoice(this.#config));
    if (this.#hasEnded) return;
    this.#host.read(Number.NaN);
    this.#loop.start();
    this.#lingerIfAlone();
    this.#identified = this.#identify();
    await this.#identified;
    this.#refreshNamesLater();
  }

  /** Takes a client's connection. */
  accept(socket: net.Socket): void {
    this.#sessions.add(new Session(socket, this.#sessionHost()));
    clearTimeout(this.#linger);
  }

  /** Sends a line to the clients' log channels; a client that comes later gets the latest ones then. */
  report(level: LogMessage['level'], message: string): void {
    const line = { level, message };
    this.#recentLines.push(line);
    if (this.#recentLines.length > RECENT_LINES) this.#recentLines.shift();
    for (const session of this.#sessions) session.sendLog(line);
  }

  /** Ends in good order: the log is whole, clients know, nothing is in flight. */
  async end(reason: string): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#loop.stop();
    clearTimeout(this.#linger);
    clearTimeout(this.#refresh);
    // A short first run has its samples, but not yet the id that names their file; finding it has a time limit of its own.
    if (this.#log.isWaitingForId) await this.#identified.catch(() => undefined);
    this.#log.end();
    this.#saveTimes(() => {
      this.#workload.close();
    });
    await Promise.all([...this.#sessions].map(session => session.sendRetiring(reason)));
    for (const session of this.#sessions) session.end();
    this.#host.close();
    this.#options.marks.close();
    this.#options.onFree();
    await this.#uploads.end();
    this.#options.onEnd();
  }

  #tick(elapsedSeconds: number): void {
    const frame = this.#host.read(elapsedSeconds);
    frame.seq = ++this.#seq;
    this.#latest = frame;
    const isNews = this.#workload.take(frame, elapsedSeconds);
    this.#history.add(frame);
    this.#log.write(frame);
    if (this.#workload.isSaveDue)
      this.#saveTimes(() => {
        this.#workload.save();
      });
    if (isNews) this.#workloadChanged(frame.utcMs);
    if (this.#sessions.size === 0) return;
    const notification = frameNotification(toFrameMessage(frame));
    const { watched } = this.#host;
    const withCores = watched ? frameNotification(toFrameMessage(frame, watched)) : notification;
    for (const session of this.#sessions) session.sendFrame(session.watchesCores ? withCores : notification);
    const usage = this.#usage.take(frame.monotonicMs);
    if (!usage) return;
    for (const session of this.#sessions) session.sendUsage(usage);
  }

  #workloadChanged(nowMs: number): void {
    const message = this.#workload.message(nowMs);
    for (const session of this.#sessions) session.sendWorkload(message);
  }

  #reportWorkload(): void {
    const { state, why } = this.#workload.status;
    if (why !== undefined)
      this.report('warn', state === 'failed' ? `workloads are not classified: ${why}` : why);
  }

  /** The data folder may be on a network drive, and hang as the log's can. */
  #saveTimes(save: () => void): void {
    if (this.#options.quarantine.verdict(TIMES_PART, Date.now()) !== 'free') return;
    this.#options.marks.enter(TIMES_PART);
    try {
      save();
      this.#hasToldOfTimes = false;
    } catch (error) {
      if (!this.#hasToldOfTimes)
        this.report('warn', `the time per class cannot be kept: ${describeFault(error)}; it is tried again`);
      this.#hasToldOfTimes = true;
    }
    this.#options.marks.leave();
  }

  async #identify(): Promise<void> {
    this.#names = await this.#identity.names(this.#host.gpus, this.#host.knownDevices);
    if (this.#hasEnded && !this.#log.isWaitingForId) return;
    this.#openLog();
    if (!this.#hasEnded) this.#statusChanged();
  }

  #refreshNamesLater(): void {
    if (this.#hasEnded) return;
    this.#refresh = setTimeout(() => {
      void this.#identity.refresh(this.#host.gpus, this.#host.knownDevices);
    }, REFRESH_NAMES_MS);
  }

  #openLog(): void {
    if (!this.#names) return;
    this.#hardwareId = this.#identity.hardwareId(this.#names, this.#config);
    this.#log.open(this.#hardwareId);
  }

  get #status(): SamplerStatus {
    const { limits } = this.#host;
    const sync = this.#uploads.status;
    return {
      adapters: this.#host.statuses,
      log: this.#log.status,
      ...(sync ? { sync } : {}),
      workload: this.#workload.status,
      hardwareId: this.#hardwareId,
      intervalSeconds: this.#config.general.loggingInterval,
      container: this.#isContainer,
      ...(limits ? { limits } : {}),
      clients: this.#sessions.size,
    };
  }

  #layoutChanged(): void {
    for (const session of this.#sessions) this.#sendLayout(session);
  }

  #sendLayout(session: Session): void {
    const { layout, gpus, watched } = this.#host;
    session.sendLayout(toLayoutMessage(layout, gpus, session.watchesCores ? watched?.layout : undefined));
  }

  /** Reads cores that have no columns while there is somebody who looks at them. */
  #watchCores(): void {
    this.#host.watchesCores =
      this.#config.general.perCoreColumns !== 'never' &&
      [...this.#sessions].some(session => session.watchesCores);
  }

  #statusChanged(): void {
    if (this.#hasEnded) return;
    for (const session of this.#sessions) session.sendStatus(this.#status);
  }

  #setPriority(): void {
    try {
      // Linux derives the I/O priority from it too, see ioprio_set(2). macOS has a background class below it, but holds
      // up the timers and writes of such a process, and clients take silence for a hang.
      os.setPriority(
        this.#config.performance.lowPriorityMode ? os.constants.priority.PRIORITY_BELOW_NORMAL : 0,
      );
    } catch (error) {
      this.report('info', `the priority stays as it is: ${describeFault(error)}`);
    }
  }

  #lingerIfAlone(): void {
    clearTimeout(this.#linger);
    if (this.#sessions.size > 0 || this.#options.stays || this.#hasEnded) return;
    this.#linger = setTimeout(() => {
      void this.end('no client is left');
    }, LINGER_MS);
  }

  #sessionHost(): SessionHost {
    return {
      token: this.#options.token,
      hello: (): Omit<HelloResult, 'protocol'> => {
        this.#consentChanged();
        return { version: VERSION, pid: process.pid, startedAt: this.#startedAt, config: this.#config };
      },
      uploads: this.#uploads,
      consentChanged: () => {
        this.#consentChanged();
      },
      recentLines: () => this.#recentLines,
      subscription: (): SubscribeResult => ({
        layout: toLayoutMessage(this.#host.layout, this.#host.gpus),
        // Not one of other columns than the layout says, as there are between a new layout and the next tick.
        frame: this.#latest?.layout === this.#host.layout ? toFrameMessage(this.#latest) : null,
        status: this.#status,
        workload: this.#workload.message(Date.now()),
        ...(this.#usage.latest ? { usage: this.#usage.latest } : {}),
      }),
      correctWorkload: (params: CorrectWorkloadParams): number =>
        this.#afterCorrection(this.#workload.correct(params, Date.now())),
      forgetCorrections: (): number => this.#afterCorrection(this.#workload.forget()),
      history: (params: HistoryParams): HistoryResult => this.#history.query(params, Date.now()),
      range: (params, send, isCancelled) => this.#log.history.range(params, send, isCancelled),
      sessions: (params, isCancelled) => this.#log.history.sessions(params, isCancelled),
      configure: (config, from) => this.#configure(config, from),
      watchChanged: session => {
        const before = this.#host.watched;
        this.#watchCores();
        // Where there are other columns now, everybody has been told.
        if (this.#host.watched === before) this.#sendLayout(session);
      },
      clearQuarantine: () => {
        this.#options.quarantine.clear();
        this.#host.retryAll();
        this.#log.retry();
        this.#statusChanged();
      },
      retire: (ifLast, reason) => {
        const isLast = [...this.#sessions].every(
          session => session.isLeaving || session.client === undefined,
        );
        if (ifLast && (!isLast || this.#options.stays)) return false;
        setImmediate(() => void this.end(reason));
        return true;
      },
      left: session => {
        this.#sessions.delete(session);
        this.#consentChanged();
        this.#watchCores();
        this.#lingerIfAlone();
      },
    };
  }

  /** What all windows together say of contributions. */
  #consentChanged(): void {
    const words = [...this.#sessions]
      .filter(({ client }) => client === 'window')
      .map(({ mayContribute }): Consent => {
        if (mayContribute === undefined) return 'unsaid';
        return mayContribute ? 'yes' : 'no';
      });
    if (words.length === 0) return;
    this.#uploads.consent =
      words.find(word => word === 'no') ?? words.find(word => word === 'unsaid') ?? 'yes';
  }

  #afterCorrection(count: number): number {
    this.#workloadChanged(Date.now());
    this.#statusChanged();
    return count;
  }

  async #configure(config: Config, from: Session): Promise<void> {
    const others = [...this.#sessions].filter(session => session !== from);
    if (from.client === 'window' && others.some(session => session.client === 'terminal')) {
      throw new Error('a terminal runs the sampler with its own settings; they hold until it ends');
    }
    this.#config = config;
    this.#log.configure(config);
    this.#uploads.configure(config);
    if (this.#workload.configure(config)) {
      this.#workloadChanged(Date.now());
      this.#reportWorkload();
    }
    this.#setPriority();
    this.#loop.intervalMs = config.general.loggingInterval * 1000;
    this.#watchCores();
    await this.#host.open(collectionChoice(this.#config));
    this.#openLog();
    this.#statusChanged();
    this.report('info', 'settings changed');
  }
}
