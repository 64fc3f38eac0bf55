// Loads the built extension and activates it once, with a stand-in for `vscode` that takes every call and does nothing.
// Prints the times as JSON.
//   activation-run.mjs <path of the clone>
import Module, { createRequire } from 'node:module';
import path from 'node:path';

const root = process.argv[2] ?? '.';

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
const noSettings = { get: () => undefined, inspect: () => undefined };
/** The names that the extension uses when it is activated. */
const standIn = {
  commands: anything,
  window: anything,
  workspace: {
    getConfiguration: () => noSettings,
    onDidChangeConfiguration: () => anything,
    isTrusted: true,
  },
  env: { remoteName: undefined, uiKind: 1 },
  l10n: { t: (/** @type {string} */ text) => text },
  UIKind: { Desktop: 1, Web: 2 },
  StatusBarAlignment: { Left: 1, Right: 2 },
  MarkdownString: anything,
  ThemeColor: anything,
  Uri: anything,
};

/** @typedef {(request: string, ...rest: unknown[]) => unknown} Load */
const internals = /** @type {{ _load: Load }} */ (/** @type {unknown} */ (Module));
const load = internals._load;
/** @type {Load} */
const loadOrStandIn = (request, ...rest) => (request === 'vscode' ? standIn : load(request, ...rest));
internals._load = loadOrStandIn;

const context = {
  extensionPath: root,
  extensionUri: anything,
  subscriptions: [],
  // Stopped by hand before the reload: activating starts no sampler.
  workspaceState: { get: () => true, update: () => Promise.resolve() },
};
const started = performance.now();
const extension = /** @type {{ activate(context: unknown): Promise<void> }} */ (
  createRequire(import.meta.url)(path.join(root, 'dist', 'extension.js'))
);
const loaded = performance.now();
await extension.activate(context);
const activated = performance.now();
process.stdout.write(JSON.stringify({ load: loaded - started, activate: activated - loaded }));
process.exit(0);
