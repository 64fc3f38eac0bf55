import fs from 'node:fs';
import type { SpaceOfFileSystem } from '../../src/sampler/adapters/disk/measured-file-system.ts';
import type { Sysroot } from '../../src/sampler/sysroot.ts';
import type { FileTree } from './file-tree.ts';

/** How much of everything a {@link WideMachine} has. */
export interface Width {
  /** Kernel numbers of the CPUs, ascending. */
  readonly cpus: readonly number[];
  readonly disks: number;
  readonly interfaces: number;
  /** Interrupt sources in `/proc/stat`: a number each, in one line. */
  readonly interrupts?: number;
  /** GPUs with the drivers amdgpu and xe; one program works on each of the latter. */
  readonly amdGpus?: number;
  readonly intelGpus?: number;
  /** Ticks that a CPU has worked up to a second, in place of `second * (id % 101)`. */
  readonly work?: (cpu: number, second: number) => number;
}

/** The first so many CPU numbers. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/**
 * A tree of files as a machine of any width has them, whose counters go up by the same amounts every second: CPU `id`
 * works `id % 101` of 100 ticks; disk `k` makes `10 (k + 1)` reads of 200 sectors and `k + 1` writes of 8 sectors, and so
 * does its partition; interface `k` receives `1000 (k + 1)` bytes in `2 (k + 1)` packets and sends half as many of each.
 */
export class WideMachine<Tree extends FileTree = FileTree> {
  readonly tree: Tree;
  readonly #width: Width;

  /** @param tree an empty one */
  constructor(tree: Tree, width: Width) {
    this.tree = tree;
    this.#width = width;
    this.#plugGpus();
    this.#writeRest();
    this.at(0);
  }

  get sysroot(): Sysroot {
    return this.tree.sysroot;
  }

  /**
   * Puts all counters where they are at this second; CPUs in `offline` have no line.
   *
   * @param moved second of the counters of disks and network, where it is another
   */
  at(second: number, offline: ReadonlySet<number> = new Set(), moved = second): this {
    const { cpus, disks, interfaces, interrupts = 0, intelGpus = 0 } = this.#width;
    const { work = (id: number, at: number): number => at * (id % 101) } = this.#width;
    const online = cpus.filter(id => !offline.has(id)).map(id => ({ id, busy: work(id, second) }));
    const total = online.reduce((sum, { busy }) => sum + busy, 0);
    this.tree.write(
      '/proc/stat',
      cpuLine('cpu ', total, 100 * second * online.length - total) +
        online.map(({ id, busy }) => cpuLine(`cpu${String(id)}`, busy, 100 * second - busy)).join('') +
        `intr ${String(7000 + second)}${' 12345'.repeat(interrupts)}\n` +
        `ctxt ${String(9000 + second)}\nbtime 1700000000\nsoftirq ${String(8000 + second)} 1 2 3\n`,
    );
    this.tree.write(
      '/proc/diskstats',
      upTo(disks)
        .map(k => diskLines(k, moved))
        .join(''),
    );
    this.tree.write(
      '/proc/net/dev',
      'Inter-|   Receive                                                |  Transmit\n' +
        ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
        interfaceLine('lo', 1e9 * moved, 1e6 * moved) +
        upTo(interfaces)
          .map(k => interfaceLine(`if${String(k)}`, 1000 * (k + 1) * moved, 2 * (k + 1) * moved))
          .join(''),
    );
    for (let k = 0; k < intelGpus; k++) this.tree.write(clientFile(k), clientText(k, second));
    return this;
  }

  /** `statfs(2)` of its file systems: that of disk `k` has `k + 1` GiB, half of them free. The root’s is disk 0’s. */
  readonly statfs = (path: string | Buffer): SpaceOfFileSystem => {
    const k = Number(/\d+$/.exec(path.toString())?.[0] ?? 0);
    const blocks = (k + 1) * 262_144;
    return { type: 0xef53, bsize: 4096, blocks, bfree: blocks / 2, bavail: blocks / 2 };
  };

  #plugGpus(): void {
    const { amdGpus = 0, intelGpus = 0 } = this.#width;
    // None of them may sleep, so that all are read in every tick.
    const awake = (address: string): FileTree =>
      this.tree.write(`/sys/bus/pci/devices/${address}/power/control`, 'on\n');
    for (let k = 0; k < amdGpus; k++) {
      this.tree.plugCard('amd-desktop', amdAddress(k));
      awake(amdAddress(k));
    }
    for (let k = 0; k < intelGpus; k++) {
      const address = intelAddress(k);
      this.tree.plugCard('intel-xe', address);
      awake(address);
      const drm = this.tree.sysroot.path(`/sys/devices/${address}/drm`);
      fs.renameSync(`${drm}/card1`, `${drm}/card${String(k)}`);
      if (k > 0) fs.renameSync(`${drm}/renderD128`, `${drm}/${renderNode(k)}`);
    }
    if (intelGpus === 0) return;
    // The programs of the fixture, which know of one card.
    fs.rmSync(this.tree.sysroot.path('/proc/3120'), { recursive: true });
    for (let k = 0; k < intelGpus; k++) {
      this.tree.link(`/proc/${String(clientProcess(k))}/fd/8`, `/dev/dri/${renderNode(k)}`);
    }
  }

  #writeRest(): void {
    const { cpus, disks } = this.#width;
    this.tree
      .write('/sys/devices/system/cpu/present', `${cpus.join(',')}\n`)
      .write('/proc/loadavg', '1.50 2.25 3.75 1/88 7709\n')
      // 8 GiB, of which 6 GiB are available; 2 GiB of swap, of which 1.5 GiB are free.
      .write(
        '/proc/meminfo',
        'MemTotal: 8388608 kB\nMemFree: 1 kB\nMemAvailable: 6291456 kB\nSwapTotal: 2097152 kB\nSwapFree: 1572864 kB\n',
      )
      .write('/proc/net/snmp', 'Tcp: RtoAlgorithm CurrEstab\nTcp: 1 17\n')
      .write('/proc/net/sockstat', 'sockets: used 90\nTCP: inuse 20 orphan 0\nUDP: inuse 5 mem 1\n')
      .write('/proc/self/mountinfo', upTo(disks).map(mountLine).join(''));
    for (const id of cpus) this.tree.write(cpufreqFile(id), `${String(1_000_000 + 1000 * id)}\n`);
    for (let k = 0; k < disks; k++) {
      fs.mkdirSync(this.tree.sysroot.path(mountPoint(k)), { recursive: true });
      this.tree.link(
        `/sys/block/${diskName(k)}`,
        `../devices/pci0000:00/ata${String(k)}/block/${diskName(k)}`,
      );
    }
  }
}

/** Where the clock of a CPU is told. */
export function cpufreqFile(id: number): string {
  return `/sys/devices/system/cpu/cpu${String(id)}/cpufreq/scaling_cur_freq`;
}

/** As the kernel names SCSI disks: sda … sdz, sdaa … */
function diskName(k: number): string {
  const letter = (n: number): string => String.fromCharCode(97 + n);
  return `sd${k < 26 ? '' : letter(Math.floor(k / 26) - 1)}${letter(k % 26)}`;
}

/** A quarter of the work is the system's, and a sixteenth of the rest is waiting for disks. */
function cpuLine(name: string, busy: number, idle: number): string {
  const system = Math.floor(busy / 4);
  const waiting = Math.floor(idle / 16);
  return `${name} ${String(busy - system)} 0 ${String(system)} ${String(idle - waiting)} ${String(waiting)} 0 0 0 0 0\n`;
}

function diskLines(k: number, second: number): string {
  const counters = [10, 0, 2000, 5, 1, 0, 8, 5].map(each => String(each * (k + 1) * second)).join(' ');
  const line = (minor: number, name: string): string =>
    `   8  ${String(minor)} ${name} ${counters} 0 0 0 0 0 0 0\n`;
  return line(16 * k, diskName(k)) + line(16 * k + 1, `${diskName(k)}1`);
}

function mountPoint(k: number): string {
  return k === 0 ? '/' : `/mnt/${String(k).padStart(3, '0')}`;
}

function mountLine(k: number): string {
  const [id, parent] = k === 0 ? [1, 0] : [k + 1, 1];
  return `${String(id)} ${String(parent)} 8:${String(16 * k + 1)} / ${mountPoint(k)} rw - ext4 /dev/${diskName(k)}1 rw\n`;
}

/** One that has received so many bytes in so many packets, and sent half as many of each. */
function interfaceLine(name: string, bytes: number, packets: number): string {
  const received = `${String(bytes)} ${String(packets)} 0 0 0 0 0 0`;
  const sent = `${String(bytes / 2)} ${String(packets / 2)} 0 0 0 0 0 0`;
  return `${name.padStart(6)}: ${received} ${sent}\n`;
}

function amdAddress(k: number): string {
  return `0000:${hex(0x10 + k)}:00.0`;
}

function intelAddress(k: number): string {
  return `0000:${hex(0x40 + k)}:00.0`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function renderNode(k: number): string {
  return `renderD${String(128 + k)}`;
}

function clientProcess(k: number): number {
  return 4000 + k;
}

function clientFile(k: number): string {
  return `/proc/${String(clientProcess(k))}/fdinfo/8`;
}

/** What the driver xe tells of a program that works `10 (k % 10)` % of the time on Intel GPU `k`. */
function clientText(k: number, second: number): string {
  const total = 20_000_000 * second;
  return [
    'drm-driver:\txe',
    `drm-client-id:\t${String(21 + k)}`,
    `drm-pdev:\t${intelAddress(k)}`,
    `drm-cycles-rcs:\t${String((total / 10) * (k % 10))}`,
    `drm-total-cycles-rcs:\t${String(total)}`,
    'drm-cycles-vcs:\t0',
    `drm-total-cycles-vcs:\t${String(total)}`,
    '',
  ].join('\n');
}
