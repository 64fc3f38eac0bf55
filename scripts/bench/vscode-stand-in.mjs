import Module, { createRequire } from 'node:module';
import path from 'node:path';

/**
 * What a window of the stand-in is like.
 *
 * @typedef {object} StandInOptions
 * @property {boolean} [isFocused] whether the window is in front
 * @property {Readonly<Record<string, unknown>>} [settings] by their names without `optimetrics.`
 * @property {boolean} [isStopped] whether the window was stopped by hand before: activating starts no sampler
 */

/**
 * The extension as it was activated.
 *
 * @typedef {object} Activated
 * @property {number} loadMs
 * @property {number} activateMs
 * @property {ReadonlyMap<string, () => unknown>} commands what each registered command does
 */

function nothing() {
  return undefined;
}

/** Whatever is asked of it, it is: every property, result and instance is itself again. */
const anything = /** @type {unknown} */ (
  new Proxy(nothing, {
    get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : anything),
    set: () => true,
    apply: () => anything,
    construct: () => /** @type {object} */ (anything),
  })
);

/** A status bar item that keeps what it is told, as VS Code's does, and sends it nowhere. */
function statusBarItem() {
  return { text: '', show: nothing, hide: nothing, dispose: nothing };
}

class MarkdownString {
  value;

  /** @param {string} value */
  constructor(value) {
    this.value = value;
  }
}

/** Tells its listeners, as VS Code's does. */
class EventEmitter {
  /** @type {Set<(value: unknown) => void>} */
  #listeners = new Set();

  event = (/** @type {(value: unknown) => void} */ listener) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  /** @param {unknown} value */
  fire(value) {
    for (const listener of this.#listeners) listener(value);
  }

  dispose() {
    this.#listeners.clear();
  }
}

class ThemeColor {
  id;

  /** @param {string} id */
  constructor(id) {
    this.id = id;
  }
}

/**
 * Loads the built extension and activates it, with a stand-in for `vscode` that takes every call and does nothing.
 *
 * @param {string} root path of the clone
 * @param {StandInOptions} [options]
 * @returns {Promise<Activated>}
 */
export async function activateExtension(root, { isFocused = true, settings = {}, isStopped = true } = {}) {
  /** @type {Map<string, () => unknown>} */
  const commands = new Map();
  const own = /** @type {Record<string, unknown>} */ ({
    state: { focused: isFocused },
    createStatusBarItem: statusBarItem,
  });
  /** The names that the extension uses when it is activated. */
  const standIn = {
    commands: {
      registerCommand: (/** @type {string} */ name, /** @type {() => unknown} */ run) => {
        commands.set(name, run);
        return anything;
      },
      executeCommand: () => Promise.resolve(),
    },
    window: new Proxy(own, { get: (_, name) => own[String(name)] ?? anything }),
    workspace: {
      getConfiguration: () => ({
        get: (/** @type {string} */ name) => settings[name],
        inspect: nothing,
      }),
      onDidChangeConfiguration: () => anything,
      isTrusted: true,
    },
    env: {
      remoteName: undefined,
      uiKind: 1,
      isTelemetryEnabled: false,
      onDidChangeTelemetryEnabled: () => anything,
    },
    l10n: {
      t: (/** @type {string} */ text, /** @type {unknown[]} */ ...values) =>
        text.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)])),
    },
    UIKind: { Desktop: 1, Web: 2 },
    StatusBarAlignment: { Left: 1, Right: 2 },
    EventEmitter,
    MarkdownString,
    ThemeColor,
    Uri: anything,
  };

  /** @typedef {(request: string, ...rest: unknown[]) => unknown} Load */
  const internals = /** @type {{ _load: Load }} */ (/** @type {unknown} */ (Module));
  const load = internals._load;
  internals._load = (request, ...rest) => (request === 'vscode' ? standIn : load(request, ...rest));

  const context = {
    extensionPath: root,
    extensionUri: anything,
    subscriptions: [],
    workspaceState: { get: () => isStopped, update: () => Promise.resolve() },
    globalState: { get: nothing, update: () => Promise.resolve() },
    secrets: { onDidChange: () => anything },
  };
  const started = performance.now();
  const extension = /** @type {{ activate(context: unknown): Promise<void> }} */ (
    createRequire(import.meta.url)(path.join(root, 'dist', 'extension.js'))
  );
  const loaded = performance.now();
  await extension.activate(context);
  return { loadMs: loaded - started, activateMs: performance.now() - loaded, commands };
}
