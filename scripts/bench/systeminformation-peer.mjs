// The same collection with systeminformation: one CSV row a second, for the bench to compare with.
//   systeminformation-peer.mjs <file> <part of a second after the whole second at which it samples, 0 to 1>
import { openSync, writeSync } from 'node:fs';
import si from 'systeminformation';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

const file = openSync(process.argv[2] ?? '', 'w');
const phaseMs = Number(process.argv[3]) * 1000;

async function sample() {
  const at = new Date().toISOString();
  const [load, speed, memory, spaces, disks, interfaces, connections] = await Promise.all([
    si.currentLoad(),
    si.cpuCurrentSpeed(),
    si.mem(),
    si.fsSize(),
    si.disksIO(),
    si.networkStats('*'),
    si.networkConnections(),
  ]);
  const network = interfaces.filter(({ iface }) => iface !== 'lo');
  /** @param {(one: import('systeminformation').Systeminformation.NetworkStatsData) => number} of */
  const sum = of => network.reduce((total, one) => total + of(one), 0);
  return [
    at,
    load.currentLoad,
    ...load.cpus.map(cpu => cpu.load),
    speed.avg,
    ...speed.cores,
    load.avgLoad,
    memory.total / MIB,
    (memory.total - memory.available) / MIB,
    memory.available / MIB,
    memory.swaptotal / MIB,
    memory.swapused / MIB,
    ...spaces.flatMap(space => [space.used / GIB, space.size / GIB, space.use]),
    disks.rIO,
    disks.wIO,
    disks.rIO_sec,
    disks.wIO_sec,
    sum(one => one.tx_bytes),
    sum(one => one.rx_bytes),
    sum(one => one.tx_errors + one.rx_errors),
    sum(one => one.tx_dropped + one.rx_dropped),
    sum(one => one.tx_sec),
    sum(one => one.rx_sec),
    connections.length,
    connections.filter(({ state }) => state === 'ESTABLISHED').length,
  ];
}

function next() {
  setTimeout(
    async () => {
      writeSync(file, `${(await sample()).join(',')}\n`);
      next();
    },
    1000 - ((Date.now() - phaseMs) % 1000),
  );
}

next();
