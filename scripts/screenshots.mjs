// `npm run screenshots`: the pictures of docs/, taken of the real program in a real VS Code.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { step, UserError } from './lib/terminal.mjs';
import { ensureHost } from './lib/vscode-host.mjs';
import { build } from './lib/vsix.mjs';

const HELP = `npm run screenshots -- [options] [NAME …]

Takes the pictures of docs/images: all of them, which takes about 15 minutes, or those that are named. It puts this machine
under load for some minutes. Look at each before you commit it.

  --out DIR  where they go, docs/images when not given
  --list     prints their names
  --help     this text`;

function options() {
  try {
    return parseArgs({
      options: {
        out: { type: 'string', default: path.join(ROOT, 'docs', 'images') },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm run screenshots -- --help`, 2);
  }
}

await main(async () => {
  const { values, positionals } = options();
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  await ensureDependencies();
  // What takes them is TypeScript, and was not installed until now.
  const { register } = await import('tsx/esm/api');
  register();
  const { listPictures, takePictures } = await import('../test/e2e/screenshots/all.ts');
  if (values.list) {
    console.log(listPictures().join('\n'));
    return 0;
  }
  await ensureSystemPackages([{ debian: 'pngquant', programs: ['pngquant'] }]);
  await ensureHost();
  await step('Building', build);
  await takePictures(path.resolve(values.out), positionals);
  return 0;
});
