import { Emitter, type Event, type MessageConnection } from 'vscode-jsonrpc';
import type { Config } from '../common/config/schema.ts';
import {
  CancelSync,
  CredentialsNotification,
  MayContribute,
  PauseSync,
  ProvideSecrets,
  type RemovalOutcome,
  RemoveSent,
  SyncNow,
  type SyncOutcome,
  SyncPreview,
  type SyncPreviewResult,
} from '../common/sync-protocol.ts';
import type { PlacedCredentials, UploadSecrets } from '../common/upload.ts';
import { untilAborted } from './cancelling.ts';

/** A client's part in uploads: what it asks of the sampler, and what each sampler that it meets must know of it. */
export class Uploads {
  readonly #rpc: () => MessageConnection;
  readonly #renewed = new Emitter<PlacedCredentials>();
  #secrets: UploadSecrets = {};
  #allowed: boolean | undefined;

  /** @param rpc the connection to the sampler; throws when there is none */
  constructor(rpc: () => MessageConnection) {
    this.#rpc = rpc;
  }

  /** Credentials that the target has renewed, to be kept in place of the former. */
  readonly onRenewed: Event<PlacedCredentials> = this.#renewed.event;

  /** Tells a sampler that was just met what the former one knew. */
  async greet(rpc: MessageConnection): Promise<void> {
    rpc.onNotification(CredentialsNotification, renewed => {
      this.#secrets = { ...this.#secrets, credentials: renewed };
      this.#renewed.fire(renewed);
    });
    if (Object.keys(this.#secrets).length > 0) await rpc.sendRequest(ProvideSecrets, this.#secrets);
    if (this.#allowed !== undefined) await rpc.sendRequest(MayContribute, { allowed: this.#allowed });
  }

  /** Hands over keys and credentials, to this sampler and to those that follow. Rejects when there is none now. */
  async provide(secrets: UploadSecrets): Promise<void> {
    this.#secrets = { ...this.#secrets, ...secrets };
    await this.#rpc().sendRequest(ProvideSecrets, secrets);
  }

  /** Says whether VS Code's telemetry is on, to this sampler and to those that follow. Rejects when there is none now. */
  async mayContribute(allowed: boolean): Promise<void> {
    this.#allowed = allowed;
    await this.#rpc().sendRequest(MayContribute, { allowed });
  }

  /** Sends all up to now. Rejects with a message for the user. */
  async syncNow(signal?: AbortSignal): Promise<SyncOutcome> {
    return untilAborted(signal, token => this.#rpc().sendRequest(SyncNow, token));
  }

  /** Deletes at the target what was sent. Rejects with a message for the user. */
  async removeSent(signal?: AbortSignal): Promise<RemovalOutcome> {
    return untilAborted(signal, token => this.#rpc().sendRequest(RemoveSent, token));
  }

  /** Ends what an upload is doing; gives whether there was one. */
  async cancel(): Promise<boolean> {
    return (await this.#rpc().sendRequest(CancelSync)).cancelled;
  }

  async pause(paused: boolean): Promise<void> {
    await this.#rpc().sendRequest(PauseSync, { paused });
  }

  /**
   * What would be sent next; `undefined` when there is nothing. Rejects with a message for the user.
   *
   * @param cloud settings that are only thought of; those of the sampler when left out
   */
  async preview(cloud?: Config['cloud']): Promise<SyncPreviewResult | undefined> {
    const params = cloud === undefined ? {} : { cloud };
    return (await this.#rpc().sendRequest(SyncPreview, params)) ?? undefined;
  }
}
