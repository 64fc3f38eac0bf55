import * as si from 'systeminformation';
import type { FoundNames } from './ask.ts';

/** Longer than the sampler waits, which may be gone by then. */
const LONGEST_MS = 10_000;

/**
 * Prints the names of the parts that the command line names, as JSON. Serial numbers and the like, which the library
 * also returns, are not looked at.
 */
async function main(parts: readonly string[]): Promise<void> {
  const [cpu, board, graphics] = await Promise.all([
    parts.includes('cpu') ? si.cpu() : undefined,
    parts.includes('board') ? si.baseboard() : undefined,
    parts.includes('gpus') ? si.graphics() : undefined,
  ]);
  const found: FoundNames = {
    ...(cpu && { cpu: `${cpu.manufacturer} ${cpu.brand}`.trim().slice(0, 200) }),
    ...(board && { board: { vendor: board.manufacturer.slice(0, 200), product: board.model.slice(0, 200) } }),
    ...(graphics && {
      gpus: graphics.controllers
        .map(({ model }) => model.slice(0, 200))
        .filter(model => model !== '')
        .slice(0, 64),
    }),
  };
  process.stdout.write(JSON.stringify(found), () => process.exit());
}

setTimeout(() => process.exit(1), LONGEST_MS);
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
