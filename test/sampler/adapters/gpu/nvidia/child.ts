// Opens the adapter with the environment it was started with, reads a few ticks and tells on standard output, a line of
// JSON each, what it got. For tests of what would take the test's own process with it.
import { parseArgs } from 'node:util';
import { Frame } from '../../../../../src/common/frame.ts';
import { buildLayout } from '../../../../../src/common/layout.ts';
import { createNvidiaAdapter } from '../../../../../src/sampler/adapters/gpu/nvidia/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';

const { values: options } = parseArgs({
  options: { ticks: { type: 'string', default: '3' }, answer: { type: 'string', default: '8000' } },
});

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const adapter = createNvidiaAdapter({ answerMs: Number(options.answer) });
const outcome = await adapter.open({
  sysroot: new Sysroot(process.env['OPTIMETRICS_SYSROOT']),
  log: () => undefined,
});
tell({ outcome, isPending: adapter.hasPendingCall });
const gpu = outcome.available ? (outcome.instances?.gpu ?? 0) : 0;
const layout = buildLayout({ core: 0, gpu, disk: 0 }, group => group === 'gpu');
const frame = new Frame(layout);
adapter.bind(Object.assign((column: string) => layout.slots.get(column) ?? -1, { firstGpu: 0 }));
for (let tick = 1; tick <= Number(options.ticks); tick++) {
  adapter.read(frame, 1);
  const utilization = Array.from({ length: gpu }, (_, i) => frame.value(`gpu${String(i)}_utilization`));
  tell({ tick, utilization });
  // Lets the line out before a call that may not come back.
  await new Promise(resolve => setTimeout(resolve, 10));
}
adapter.close();
