import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What the bundler writes and the package holds. */
export const DIST = path.join(ROOT, 'dist');

/** Everything that `npm start`, `npm run package` and the end-to-end tests install or keep; ignored by git, may be deleted at any time. */
export const HOST_FOLDER = path.join(ROOT, '.vscode-host');

/** Screenshots and reports of the last test run; ignored by git. */
export const TEST_RESULTS = path.join(ROOT, 'test-results');
