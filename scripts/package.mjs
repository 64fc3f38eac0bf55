// `npm run package`: builds, and packs a VSIX for this platform into the clone.
import path from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { step } from './lib/terminal.mjs';
import { build, packageVsix } from './lib/vsix.mjs';

await main(async () => {
  await ensureDependencies();
  await step('Building', build);
  const file = await step('Packing the VSIX', () => packageVsix(ROOT));
  console.log(path.relative(process.cwd(), file));
  return 0;
});
