import { Emitter, type Event } from 'vscode-jsonrpc';
import {
  type FrameMessage,
  type LayoutMessage,
  LayoutNotification,
  type LogMessage,
  LogNotification,
  type SamplerStatus,
  StatusNotification,
  type SubscribeResult,
  type UsageMessage,
  UsageNotification,
  type WorkloadMessage,
  WorkloadNotification,
} from '../common/protocol.ts';
import type { SamplerConnection } from './connection.ts';

/** What samplers tell a client: the latest of each kind, and that there is something new. It outlives a connection. */
export class SamplerNews {
  readonly #frames = new Emitter<FrameMessage>();
  readonly #layouts = new Emitter<LayoutMessage>();
  readonly #statuses = new Emitter<SamplerStatus>();
  readonly #workloads = new Emitter<WorkloadMessage>();
  readonly #usages = new Emitter<UsageMessage>();
  readonly #logs = new Emitter<LogMessage>();
  #layout: LayoutMessage | undefined;
  #frame: FrameMessage | undefined;
  #status: SamplerStatus | undefined;
  #workload: WorkloadMessage | undefined;
  #usage: UsageMessage | undefined;

  readonly onFrame: Event<FrameMessage> = this.#frames.event;
  /** Also fires for the first layout of a connection. */
  readonly onLayout: Event<LayoutMessage> = this.#layouts.event;
  readonly onStatus: Event<SamplerStatus> = this.#statuses.event;
  readonly onWorkload: Event<WorkloadMessage> = this.#workloads.event;
  readonly onUsage: Event<UsageMessage> = this.#usages.event;
  /** Lines of the sampler's log, and of our own dealings with it. */
  readonly onLog: Event<LogMessage> = this.#logs.event;

  /** Latest columns; `undefined` before the first connection. */
  get layout(): LayoutMessage | undefined {
    return this.#layout;
  }

  /** Latest tick of {@link layout}; `undefined` before the first, and while there is no sampler. */
  get frame(): FrameMessage | undefined {
    return this.#frame;
  }

  get status(): SamplerStatus | undefined {
    return this.#status;
  }

  /** The kind of work; `undefined` before the first connection, and where the sampler does not classify. */
  get workload(): WorkloadMessage | undefined {
    return this.#workload;
  }

  /** What the sampler costs; `undefined` in its first seconds, and where it does not tell. */
  get usage(): UsageMessage | undefined {
    return this.#usage;
  }

  /** Takes in what comes over a connection from now on. */
  listen(connection: SamplerConnection): void {
    const { rpc } = connection;
    connection.onFrame(frame => {
      this.takeFrame(frame);
    });
    rpc.onNotification(LayoutNotification, layout => {
      this.#layout = layout;
      // The one we have is of other columns.
      this.#frame = undefined;
      this.#layouts.fire(layout);
    });
    rpc.onNotification(StatusNotification, status => {
      this.#status = status;
      this.#statuses.fire(status);
    });
    rpc.onNotification(WorkloadNotification, workload => {
      this.#workload = workload;
      this.#workloads.fire(workload);
    });
    rpc.onNotification(UsageNotification, usage => {
      this.#usage = usage;
      this.#usages.fire(usage);
    });
    rpc.onNotification(LogNotification, line => {
      this.#logs.fire(line);
    });
  }

  /** Takes over all that a sampler knows at first, but its frame. */
  begin({ layout, status, workload, usage }: SubscribeResult): void {
    this.#layout = layout;
    this.#status = status;
    this.#workload = workload;
    this.#usage = usage;
    this.#layouts.fire(layout);
    this.#statuses.fire(status);
    if (workload) this.#workloads.fire(workload);
  }

  takeFrame(frame: FrameMessage): void {
    this.#frame = frame;
    this.#frames.fire(frame);
  }

  /** There is no sampler now: what it read last is no longer so. */
  end(): void {
    this.#frame = undefined;
  }

  log(level: LogMessage['level'], message: string): void {
    this.#logs.fire({ level, message });
  }
}
