import { createRequire } from 'node:module';
import type { UploadContext, UploadPart } from './upload-part.ts';

/** The bundle of `src/extension/upload/`. */
interface UploadBundle {
  createUploadPart(context: UploadContext): UploadPart;
}

/**
 * Loads what uploads need of the window: dialogs, keys, signing in. It is a bundle of its own, which most windows never load.
 *
 * @throws Error when the installation is damaged
 */
export function loadUploadPart(context: UploadContext): UploadPart {
  const bundle = createRequire(import.meta.url)('./upload.js') as UploadBundle;
  return bundle.createUploadPart(context);
}
