import * as v from 'valibot';
import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { CONFIG_SCHEMA } from '../../common/config/schema.ts';
import { describeFault } from '../../common/faults.ts';
import { ErrorCode } from '../../common/protocol.ts';
import {
  CancelSync,
  MayContribute,
  PauseSync,
  ProvideSecrets,
  RemoveSent,
  SyncNow,
  SyncPreview,
} from '../../common/sync-protocol.ts';
import type { UploadSecrets } from '../../common/upload.ts';
import { parseSecrets } from '../../sync/process/job.ts';
import { UploadError, type Uploads } from './uploads.ts';

const PauseMessage = v.object({ paused: v.boolean() });
const PreviewMessage = v.object({ cloud: v.optional(v.unknown()) });
const ConsentMessage = v.object({ allowed: v.boolean() });

/** What a session's part in uploads needs. */
export interface SessionUploads {
  readonly uploads: Pick<Uploads, 'cancel' | 'pause' | 'preview' | 'provide' | 'removeSent' | 'syncNow'>;
  /** @throws ResponseError when the client has not said hello */
  readonly requireHello: () => void;
  readonly onConsent: (allowed: boolean) => void;
  readonly onSecrets: (secrets: UploadSecrets) => void;
}

/** Answers what a client asks about uploads. */
export function serveUploads(connection: MessageConnection, session: SessionUploads): void {
  const { uploads, requireHello, onConsent, onSecrets } = session;
  connection.onRequest(SyncNow, async cancellation => {
    requireHello();
    return answered(() => whileWanted(cancellation, uploads, () => uploads.syncNow()));
  });
  connection.onRequest(RemoveSent, async cancellation => {
    requireHello();
    return answered(() => whileWanted(cancellation, uploads, () => uploads.removeSent()));
  });
  connection.onRequest(SyncPreview, async params => {
    requireHello();
    const message = v.safeParse(PreviewMessage, params);
    if (!message.success) throw malformed();
    const thoughtOf = message.output.cloud;
    if (thoughtOf === undefined) return answered(() => uploads.preview());
    const config = v.safeParse(CONFIG_SCHEMA, { cloud: thoughtOf });
    if (!config.success) throw malformed();
    return answered(() => uploads.preview(config.output.cloud));
  });
  connection.onRequest(CancelSync, () => {
    requireHello();
    return { cancelled: uploads.cancel() };
  });
  connection.onRequest(PauseSync, async params => {
    requireHello();
    const message = v.safeParse(PauseMessage, params);
    if (!message.success) throw malformed();
    return answered(() => {
      uploads.pause(message.output.paused);
      return null;
    });
  });
  connection.onRequest(ProvideSecrets, params => {
    requireHello();
    const secrets = parseSecrets(params);
    if (!secrets) throw malformed();
    uploads.provide(secrets);
    onSecrets(secrets);
    return null;
  });
  connection.onRequest(MayContribute, params => {
    requireHello();
    const message = v.safeParse(ConsentMessage, params);
    if (!message.success) throw malformed();
    onConsent(message.output.allowed);
    return null;
  });
}

/** @throws ResponseError with a message for the user */
async function answered<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ResponseError(
      ErrorCode.failed,
      error instanceof UploadError ? error.message : describeFault(error),
    );
  }
}

async function whileWanted<T>(
  cancellation: CancellationToken,
  uploads: Pick<Uploads, 'cancel'>,
  work: () => Promise<T>,
): Promise<T> {
  const listener = cancellation.onCancellationRequested(() => uploads.cancel());
  try {
    return await work();
  } finally {
    listener.dispose();
  }
}

/** Says nothing of what was sent: it may hold secrets. */
function malformed(): ResponseError {
  return new ResponseError(ErrorCode.protocol, 'the message is malformed');
}
