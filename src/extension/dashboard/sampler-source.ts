import type { SamplerClient } from '../../client/sampler-client.ts';
import type { HistoryParams, HistoryResult, LayoutMessage, WorkloadMessage } from '../../common/protocol.ts';
import { watchedMachine } from '../watched-machine.ts';
import type { DashboardSource } from './source.ts';

/** The dashboard's readings as this window's connection to the sampler has them. */
export class SamplerSource implements DashboardSource {
  readonly #client: SamplerClient;

  constructor(client: SamplerClient) {
    this.#client = client;
  }

  get layout(): LayoutMessage | undefined {
    return this.#client.layout;
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

  history(params: HistoryParams): Promise<HistoryResult> {
    return this.#client.history(params);
  }
}
