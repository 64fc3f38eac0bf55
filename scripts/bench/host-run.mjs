// Runs the built extension with a sampler, as VS Code's extension host does, until it is asked to end (SIGTERM).
//   host-run.mjs <path of the clone> <options of the stand-in as JSON>
import { activateExtension } from './vscode-stand-in.mjs';

const [root = '.', options = '{}'] = process.argv.slice(2);
const { commands } = await activateExtension(root, {
  .../** @type {import('./vscode-stand-in.mjs').StandInOptions} */ (JSON.parse(options)),
  isStopped: false,
});
process.once('SIGTERM', () => {
  // The last of all ends the sampler.
  void Promise.resolve(commands.get('optimetrics.stop')?.()).finally(() => {
    process.exit(0);
  });
});
