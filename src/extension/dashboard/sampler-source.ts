import type { SamplerClient } from '../../client/sampler-client.ts';
import type { DashboardStatus } from '../../common/dashboard.ts';
import type {
  FrameMessage,
  LayoutMessage,
  SamplerStatus,
  UsageMessage,
  WorkloadMessage,
  WorkloadStatus,
} from '../../common/protocol.ts';
import { watchedMachine } from '../watched-machine.ts';
import type { DashboardSource } from './source.ts';

/** The dashboards' readings as this window's connection to the sampler has them. */
export class SamplerSource implements DashboardSource {
  readonly #client: SamplerClient;
  /** Those who show each core. */
  readonly #coreWatchers = new Set<object>();

  constructor(client: SamplerClient) {
    this.#client = client;
  }

  get layout(): LayoutMessage | undefined {
    return this.#client.layout;
  }

  get frame(): FrameMessage | undefined {
    return this.#client.frame;
  }

  get state(): DashboardSource['state'] {
    return this.#client.state;
  }

  get detail(): string {
    return this.#client.detail;
  }

  get machine(): string {
    return watchedMachine(this.#client.status);
  }

  get status(): DashboardStatus | undefined {
    const { status } = this.#client;
    return status && dashboardStatus(status);
  }

  get usage(): UsageMessage | undefined {
    return this.#client.usage;
  }

  get workload(): WorkloadMessage | undefined {
    return this.#client.workload;
  }

  get onWorkload(): DashboardSource['onWorkload'] {
    return this.#client.onWorkload;
  }

  get onFrame(): DashboardSource['onFrame'] {
    return this.#client.onFrame;
  }

  get onLayout(): DashboardSource['onLayout'] {
    return this.#client.onLayout;
  }

  get onState(): DashboardSource['onState'] {
    return this.#client.onState;
  }

  get onStatus(): DashboardSource['onStatus'] {
    return this.#client.onStatus;
  }

  get onUsage(): DashboardSource['onUsage'] {
    return this.#client.onUsage;
  }

  watchCores(who: object, watches: boolean): void {
    if (watches) this.#coreWatchers.add(who);
    else this.#coreWatchers.delete(who);
    this.#client.watchesCores = this.#coreWatchers.size > 0;
  }

  range(...request: Parameters<DashboardSource['range']>): ReturnType<DashboardSource['range']> {
    return this.#client.range(...request);
  }

  sessions(...request: Parameters<DashboardSource['sessions']>): ReturnType<DashboardSource['sessions']> {
    return this.#client.sessions(...request);
  }
}

/** What the dashboard has a use for; the hardware id and the log's state are not among it. */
function dashboardStatus({ adapters, limits, intervalSeconds, workload }: SamplerStatus): DashboardStatus {
  return {
    adapters,
    intervalSeconds,
    ...(limits ? { limits } : {}),
    ...(workload ? { workload: { state: workload.state, ...whyOf(workload) } } : {}),
  };
}

function whyOf({ why }: WorkloadStatus): { readonly why?: string } {
  return why === undefined ? {} : { why };
}
