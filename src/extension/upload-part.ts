import type * as vscode from 'vscode';
import type { SamplerClient } from '../client/sampler-client.ts';
import type { Config } from '../common/config/schema.ts';

/** What the window's part of uploads is given. */
export interface UploadContext {
  readonly client: SamplerClient;
  readonly secrets: vscode.SecretStorage;
  readonly dataFolder: string;
  /** The settings as they are now, read anew. */
  readonly readConfig: () => Promise<Config>;
}

/** The window's part of uploads, once it is needed. */
export interface UploadPart extends vscode.Disposable {
  setUpUpload(): Promise<void>;
  syncNow(): Promise<void>;
  pauseUpload(): Promise<void>;
  resumeUpload(): Promise<void>;
  showUploadStatus(): Promise<void>;
  revokeUpload(): Promise<void>;
  exportRecoveryFile(): Promise<void>;
  importRecoveryFile(): Promise<void>;

  /**
   * Hands the sampler the keys and credentials that SecretStorage has for these settings, and has each that follows handed them.
   * Rejects with a message for the user.
   */
  provide(cloud: Config['cloud']): Promise<void>;
}
