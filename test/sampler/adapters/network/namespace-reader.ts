/**
 * Reads the network adapter inside the network namespace it is started in. Prints a line when it has started to
 * count; once a line arrives on its standard input it reads a last time and prints what the adapter and the
 * interface named by its argument have counted in between, in bytes, as JSON.
 */
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Frame } from '../../../../src/common/frame.ts';
import { buildLayout } from '../../../../src/common/layout.ts';
import { createNetworkAdapter } from '../../../../src/sampler/adapters/network/linux.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';

/** What {@link main} prints at the end. */
export interface NamespaceReport {
  /** Sum of rate × time over all ticks. */
  readonly sentByRate: number;
  readonly receivedByRate: number;
  /** Growth of the adapter's sums. */
  readonly sentBySum: number;
  /** Growth of the interface's own statistics. */
  readonly sentByInterface: number;
  readonly receivedByInterface: number;
}

async function main(interfaceName: string): Promise<void> {
  const adapter = createNetworkAdapter();
  const info = await adapter.open({ sysroot: new Sysroot(), log: () => undefined });
  if (!info.available) throw new Error(info.why);
  const frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }));
  adapter.bind(Object.assign((column: string) => frame.layout.slots.get(column) ?? -1, { firstGpu: 0 }));

  const statistic = (name: string): number =>
    Number(fs.readFileSync(`/sys/class/net/${interfaceName}/statistics/${name}`, 'latin1'));
  const value = (column: string): number => {
    const reading = frame.value(column);
    if (reading === undefined) throw new Error(`${column} has no value`);
    return reading;
  };

  let before = performance.now();
  adapter.read(frame, Number.NaN);
  const first = {
    sent: statistic('tx_bytes'),
    received: statistic('rx_bytes'),
    sum: value('net_bytes_sent'),
  };
  let sentByRate = 0;
  let receivedByRate = 0;
  const tick = (): void => {
    const now = performance.now();
    const seconds = (now - before) / 1000;
    before = now;
    frame.clear();
    adapter.read(frame, seconds);
    sentByRate += (value('net_send_rate_mbps') * seconds * 1e6) / 8;
    receivedByRate += (value('net_recv_rate_mbps') * seconds * 1e6) / 8;
  };
  const timer = setInterval(tick, 1000);
  process.stdin.once('data', () => {
    clearInterval(timer);
    tick();
    const report: NamespaceReport = {
      sentByRate,
      receivedByRate,
      sentBySum: value('net_bytes_sent') - first.sum,
      sentByInterface: statistic('tx_bytes') - first.sent,
      receivedByInterface: statistic('rx_bytes') - first.received,
    };
    console.log(JSON.stringify(report));
    adapter.close();
    process.stdin.destroy();
  });
  console.log('counting');
}

await main(process.argv[2] ?? '');
