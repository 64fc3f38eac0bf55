import net from 'node:net';
import path from 'node:path';
import { DEFAULT_CONFIG, type ConfigOverlay, withOverlay } from '../../src/common/config/schema.ts';
import type { Frame } from '../../src/common/frame.ts';
import { DeltaFilter } from '../../src/log/delta-filter.ts';
import { LogWriter } from '../../src/log/log-writer.ts';
import { logRules } from '../../src/log/rules.ts';
import { AdapterHost, type KnownDevices } from '../../src/sampler/adapter-host.ts';
import type { Adapter } from '../../src/sampler/adapters/base.ts';
import { collectionChoice } from '../../src/sampler/collection.ts';
import { History } from '../../src/sampler/history.ts';
import { InFlightMarks } from '../../src/sampler/in-flight.ts';
import { SocketMessageWriter } from '../../src/sampler/message-writer.ts';
import { Quarantine } from '../../src/sampler/quarantine.ts';
import type { Sysroot } from '../../src/sampler/sysroot.ts';
import { frameNotification, toFrameMessage } from '../../src/sampler/wire.ts';

/** Not that of any machine. */
const HARDWARE_ID = '0123456789abcdef'.repeat(2);

export interface TickPathOptions {
  readonly adapters: readonly Adapter[];
  readonly sysroot: Sysroot;
  /** For marks, quarantine and log. */
  readonly folder: string;
  readonly general?: ConfigOverlay['general'];
  readonly logging?: ConfigOverlay['logging'];
  /** Address of a socket that takes a client's messages; without it there is no client. */
  readonly sink?: string;
  /** Devices of adapters that are left out. */
  readonly known?: KnownDevices;
  readonly quarantine?: Quarantine;
  readonly onStatus?: (host: AdapterHost) => void;
}

/**
 * What `Sampler` does in a tick, made of the same parts, with the moments of the ticks in the hands of the caller: reads
 * the adapters, and gives the frame to history, log and a client.
 */
export class TickPath {
  readonly host: AdapterHost;
  readonly history = new History();
  readonly log: LogWriter;
  readonly #marks: InFlightMarks;
  #socket: net.Socket | undefined;
  #writer: SocketMessageWriter | undefined;
  #seq = 0;

  constructor({ adapters, sysroot, folder, known, quarantine, onStatus, logging }: TickPathOptions) {
    this.#marks = new InFlightMarks(path.join(folder, 'in-flight'));
    this.host = new AdapterHost({
      adapters,
      context: { sysroot, log: () => undefined },
      marks: this.#marks,
      quarantine: quarantine ?? new Quarantine(path.join(folder, 'quarantine')),
      known: known ?? { instances: {}, gpus: {} },
      onLayout: () => undefined,
      onStatus: () => {
        onStatus?.(this.host);
      },
    });
    const config = withOverlay(DEFAULT_CONFIG, { logging: logging ?? {} });
    const { enableDeltaFiltering, deltaThresholdPercent } = config.logging;
    this.log = new LogWriter({
      directory: path.join(folder, 'log'),
      hardwareId: HARDWARE_ID,
      rules: logRules(config),
      ...(enableDeltaFiltering ? { filter: new DeltaFilter(deltaThresholdPercent) } : {}),
    });
  }

  /** Opens the adapters and makes the priming read. */
  static async open(options: TickPathOptions): Promise<TickPath> {
    const tickPath = new TickPath(options);
    await tickPath.host.open(
      collectionChoice(withOverlay(DEFAULT_CONFIG, { general: options.general ?? {} })),
    );
    if (options.sink !== undefined) {
      tickPath.#socket = net.connect(options.sink);
      tickPath.#writer = new SocketMessageWriter(tickPath.#socket);
    }
    tickPath.host.read(Number.NaN);
    return tickPath;
  }

  /** One tick. The frame is overwritten by the next. */
  tick(elapsedSeconds: number): Frame {
    const frame = this.host.read(elapsedSeconds);
    frame.seq = ++this.#seq;
    this.history.add(frame);
    this.#marks.enter('log');
    this.log.append(frame);
    this.#marks.leave();
    return frame;
  }

  /** Sends the frame to the client, if there is one; resolves when the system has taken it. */
  async send(frame: Frame): Promise<void> {
    const writer = this.#writer;
    if (!writer) return;
    const notification = frameNotification(toFrameMessage(frame));
    await new Promise<void>(resolve => {
      writer.put(notification, resolve);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.log.close();
    this.host.close();
    this.#marks.close();
  }
}
