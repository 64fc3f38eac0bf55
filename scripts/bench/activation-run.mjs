// Loads the built extension and activates it once. Prints the times as JSON.
//   activation-run.mjs <path of the clone>
import { activateExtension } from './vscode-stand-in.mjs';

const { loadMs, activateMs } = await activateExtension(process.argv[2] ?? '.');
process.stdout.write(JSON.stringify({ load: loadMs, activate: activateMs }));
process.exit(0);
