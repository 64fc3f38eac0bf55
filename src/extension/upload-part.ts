import type * as vscode from 'vscode';
import type { SamplerClient } from '../client/sampler-client.ts';
import type { Config } from '../common/config/schema.ts';
import type { UploadCommand } from './commands.ts';

/** What the window's part of uploads is given. */
export interface UploadContext {
  readonly client: SamplerClient;
  readonly secrets: vscode.SecretStorage;
  readonly dataFolder: string;
  /** The settings as they are now, read anew. */
  readonly readConfig: () => Promise<Config>;
}

/** The window's part of uploads, once it is needed. Its commands reject with a message for the user. */
export interface UploadPart extends Record<UploadCommand, () => Promise<void>> {
  /**
   * Hands the sampler the keys and credentials that SecretStorage has for these settings, and has each that follows handed them.
   * Rejects with a message for the user.
   */
  provide(cloud: Config['cloud']): Promise<void>;

  dispose(): void;
}
