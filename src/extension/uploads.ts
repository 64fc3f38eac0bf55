import * as vscode from 'vscode';
import type { Config } from '../common/config/schema.ts';
import { codeOf, describeFault } from '../common/faults.ts';
import type { LogMessage } from '../common/protocol.ts';
import type { SyncStatus } from '../common/sync-protocol.ts';
import { UPLOAD_COMMANDS, type UploadCommand } from './commands.ts';
import { Disposable } from './disposable.ts';
import { loadUploadPart } from './load-upload-part.ts';
import type { UploadContext, UploadPart } from './upload-part.ts';

/** What the manifest asks for which command can be run: `off`, `on` or `paused`. */
const CONTEXT_KEY = 'optimetrics.upload';
/** Whether there may be something to take back, kept over windows and restarts. */
const USED_KEY = 'optimetrics.uploadUsed';

/** What this window does for uploads by itself. Everything else is loaded when it is asked for. */
export class Uploads extends Disposable {
  readonly #context: UploadContext;
  readonly #memory: vscode.Memento;
  readonly #write: (line: LogMessage) => void;
  #part: UploadPart | undefined;
  #cloud: Config['cloud'] | undefined;
  #shown = '';

  constructor(context: UploadContext, memory: vscode.Memento, write: (line: LogMessage) => void) {
    super();
    this.#context = context;
    this.#memory = memory;
    this.#write = write;
    const { client, secrets } = context;
    this._register(client.onStatus(({ sync }) => this.#show(sync)));
    this._register(client.onState(() => this.#show(client.status?.sync)));
    this._register(vscode.env.onDidChangeTelemetryEnabled(() => this.#tellTelemetry()));
    // Another window has added a key, or new credentials.
    this._register(secrets.onDidChange(() => void this.#provide()));
    this._register({
      dispose: () => {
        this.#part?.dispose();
      },
    });
    this.#tellTelemetry();
    void vscode.commands.executeCommand('setContext', USED_KEY, this.#memory.get(USED_KEY) === true);
    this.#show(undefined);
  }

  /** What the commands of uploads do; what fails is told. */
  get commands(): Record<UploadCommand, () => Promise<void>> {
    return Object.fromEntries(UPLOAD_COMMANDS.map(name => [name, () => this.#run(name)])) as Record<
      UploadCommand,
      () => Promise<void>
    >;
  }

  /** Loaded by the first who asks. */
  get #loaded(): UploadPart {
    return (this.#part ??= loadUploadPart(this.#context));
  }

  async #run(name: UploadCommand): Promise<void> {
    try {
      await this.#loaded[name]();
    } catch (error) {
      // Ours are written for the user; a system's may name what it stumbled over.
      const isOurs = error instanceof Error && codeOf(error) === undefined;
      void vscode.window.showErrorMessage(`OptiMetrics: ${isOurs ? error.message : describeFault(error)}`);
    }
  }

  /** Takes over settings. Where they turn uploads on, the sampler gets what it needs; that is done when it resolves. */
  async configure({ cloud }: Config): Promise<void> {
    this.#cloud = cloud;
    if (!cloud.enabled) return;
    void this.#remember();
    await this.#provide();
  }

  async #provide(): Promise<void> {
    if (this.#cloud?.enabled !== true) return;
    try {
      await this.#loaded.provide(this.#cloud);
    } catch (error) {
      this.#write({ level: 'warn', message: `uploads: ${describeFault(error)}` });
    }
  }

  async #remember(): Promise<void> {
    if (this.#memory.get(USED_KEY) === true) return;
    await this.#memory.update(USED_KEY, true);
    await vscode.commands.executeCommand('setContext', USED_KEY, true);
  }

  #tellTelemetry(): void {
    // Without a sampler it is told to the next one.
    this.#context.client.uploads.mayContribute(vscode.env.isTelemetryEnabled).catch(() => undefined);
  }

  #show(sync: SyncStatus | undefined): void {
    const state = sync === undefined ? 'off' : sync.state === 'paused' ? 'paused' : 'on';
    if (state === this.#shown) return;
    this.#shown = state;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, state);
  }
}
