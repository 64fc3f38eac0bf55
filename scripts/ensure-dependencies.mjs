// Installs the packages of the lock file where they are missing, so that every command works on a fresh clone.
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

await main(async () => {
  await ensureDependencies();
  return 0;
});
