// `npm start`: from a fresh clone to VS Code with the extension in it.
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { findDesktop, openDesktop } from './lib/desktop.mjs';
import { openEmbedded, requirePort } from './lib/embedded.mjs';
import { main } from './lib/main.mjs';
import { HOST_FOLDER } from './lib/paths.mjs';
import { step, UserError } from './lib/terminal.mjs';
import { build, packageVsix } from './lib/vsix.mjs';

const HELP = `npm start -- [options]

Builds the extension and opens VS Code with it: your own (\`code\` on PATH), in a window with settings and extensions of
its own, or else an embedded one in the browser. Ctrl+C ends it.

  --port N      embedded VS Code on http://127.0.0.1:N/
  --no-open     embedded VS Code; prints its address and opens no browser
  --password    embedded VS Code that asks for a password: that of the environment variable PASSWORD, or a random one
                that is printed
  --help        this text`;

/** @returns {{ port: number | undefined, open: boolean, password: boolean, help: boolean }} */
function options() {
  try {
    const { values } = parseArgs({
      options: {
        'port': { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        'password': { type: 'boolean', default: false },
        'help': { type: 'boolean', default: false },
      },
    });
    return {
      port: values.port === undefined ? undefined : portNumber(values.port),
      open: !values['no-open'],
      password: values.password,
      help: values.help,
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm start -- --help`, 2);
  }
}

/** @param {string} text */
function portNumber(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new UserError(`--port ${text} is not a port number: give one from 1 to 65535.`, 2);
}

async function body() {
  const { port, open, password, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (port !== undefined) await requirePort(port);
  const desktop = port === undefined && open && !password ? findDesktop() : undefined;

  await ensureDependencies();
  await step('Building', build);
  const vsix = await step('Packing the VSIX', () => packageVsix(HOST_FOLDER));
  if (desktop !== undefined) return openDesktop(desktop, vsix);
  return openEmbedded(vsix, { port, open, password });
}

await main(body, { interrupted: 0 });
