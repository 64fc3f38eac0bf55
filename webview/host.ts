import { parseHostMessage, type HostMessage, type WebviewMessage } from '../src/common/dashboard.ts';

/** What VS Code gives a webview's script; see its webview API. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** What the user has chosen in the view. Survives hiding the view and reloading the window. */
export interface ViewOptions {
  readonly showCores: boolean;
}

/** The webview's end of the line to the extension. */
export class Host {
  readonly #api: VsCodeApi;
  readonly #defaults: ViewOptions;

  /** @param defaults options of a view in which nobody has chosen yet */
  constructor(api: VsCodeApi, defaults: ViewOptions) {
    this.#api = api;
    this.#defaults = defaults;
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

  /** Options of the view as they were saved; the defaults where there are none. */
  get options(): ViewOptions {
    return parseOptions(this.#api.getState(), this.#defaults);
  }

  set options(options: ViewOptions) {
    this.#api.setState(options);
  }
}

/** Reads saved options of any version of ours. */
export function parseOptions(state: unknown, defaults: ViewOptions): ViewOptions {
  if (typeof state !== 'object' || state === null || !('showCores' in state)) return defaults;
  return { showCores: state.showCores === true };
}
