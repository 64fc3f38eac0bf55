// `npm run package`: builds, and packs a VSIX for each platform that is asked for.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { koffiFor } from './lib/koffi.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { RELEASED_TARGETS, TARGETS, vsixTarget } from './lib/platform.mjs';
import { step, UserError } from './lib/terminal.mjs';
import { build, packageVsix } from './lib/vsix.mjs';

const HELP = `npm run package -- [options]

Builds the extension and packs it into a .vsix file, for this platform (${vsixTarget()}) unless told otherwise.
What is for another platform is fetched once from the npm registry: koffi's binary, about 0.5 MB each.

  --target T    platform: ${TARGETS.slice(0, 5).join(', ')},
                ${TARGETS.slice(5).join(', ')};
                or all: the first ${String(RELEASED_TARGETS.length)} of these. Can be given more than once
  --out FOLDER  where the files go; the clone when not given
  --help        this text`;

/** @returns {{ targets: readonly string[], out: string, help: boolean }} */
function options() {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: 'string', multiple: true, default: [vsixTarget()] },
        out: { type: 'string', default: ROOT },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = values.target.find(target => target !== 'all' && !isTarget(target));
    if (unknown !== undefined)
      throw new UserError(`--target ${unknown}: the targets are all, ${TARGETS.join(', ')}.`, 2);
    const targets = values.target.flatMap(target => (target === 'all' ? RELEASED_TARGETS : [target]));
    return { targets: [...new Set(targets)], out: path.resolve(values.out), help: values.help };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm run package -- --help`, 2);
  }
}

/**
 * Whether there may be a package for a platform. This one's name is left to the build, which says what is missing.
 *
 * @param {string} target
 */
const isTarget = target => target === vsixTarget() || TARGETS.includes(target);

await main(async () => {
  const { targets, out, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  await ensureDependencies();
  // Before anything is packed: without the network there is none or all.
  for (const target of targets) await koffiFor(target);
  await step('Building', build);
  /** @type {string[]} */
  const files = [];
  for (const target of targets)
    files.push(await step(`Packing the VSIX for ${target}`, () => packageVsix(out, target)));
  for (const file of files) console.log(path.relative(process.cwd(), file));
  return 0;
});
