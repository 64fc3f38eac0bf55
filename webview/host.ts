import { parseArrangement, type Arrangement } from '../src/common/arrangement.ts';
import { parseHostMessage, type HostMessage, type WebviewMessage } from '../src/common/dashboard.ts';
import { isDaysBack } from './compare/other-day.ts';
import { restoreChoice, type Choice } from './time/time-view.ts';

/** What VS Code gives a webview's script; see its webview API. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** What the user has chosen in this dashboard. Survives hiding it and reloading the window. */
export interface ViewState {
  readonly arrangement: Arrangement;
  /** What was shown; `undefined` until the user has chosen. */
  readonly choice: Choice | undefined;
  /** How many days back the day lies that is laid under the charts; `undefined` for none. */
  readonly comparedDays?: number | undefined;
}

/** The webview's end of the line to the extension. */
export class Host {
  readonly #api: VsCodeApi;
  #state: ViewState;

  /** @param arrangement of a dashboard that nobody has laid out yet */
  constructor(api: VsCodeApi, arrangement: Arrangement) {
    this.#api = api;
    this.#state = parseState(api.getState(), arrangement);
  }

  post(message: WebviewMessage): void {
    this.#api.postMessage(message);
  }

  /** Calls back with every message of the extension; others, and malformed ones, are dropped. */
  listen(onMessage: (message: HostMessage) => void): void {
    window.addEventListener('message', event => {
      const message = parseHostMessage(event.data);
      if (message) onMessage(message);
    });
  }

  /** What was chosen before, and saved. */
  get state(): ViewState {
    return this.#state;
  }

  /** Saves what is chosen. */
  save(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.#api.setState(this.#state);
  }
}

/** Reads what a dashboard of any version of ours has saved. */
export function parseState(state: unknown, usual: Arrangement): ViewState {
  if (typeof state !== 'object' || state === null) return { arrangement: usual, choice: undefined };
  const { arrangement, choice, comparedDays } = state as Record<string, unknown>;
  return {
    arrangement: parseArrangement(arrangement) ?? usual,
    choice: restoreChoice(choice),
    ...(isDaysBack(comparedDays) ? { comparedDays } : {}),
  };
}
