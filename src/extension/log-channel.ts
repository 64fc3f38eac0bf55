import * as vscode from 'vscode';
import { reaches } from '../common/log-threshold.ts';
import type { LogLevel, LogMessage } from '../common/protocol.ts';
import { Disposable } from './disposable.ts';

/** The sampler's log and ours, in one output channel. */
export class LogChannel extends Disposable {
  readonly #channel: vscode.LogOutputChannel;

  constructor() {
    super();
    this.#channel = this._register(vscode.window.createOutputChannel('OptiMetrics', { log: true }));
  }

  /** Lines below this are left out; what VS Code shows of the rest is set with its own “Set Log Level”. */
  threshold: LogLevel = 'info';

  write({ level, message }: LogMessage): void {
    if (reaches(level, this.threshold)) this.#channel[level](message);
  }

  show(): void {
    this.#channel.show();
  }
}
