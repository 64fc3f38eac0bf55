import fs from 'node:fs';
import path from 'node:path';
import { type CgroupMount, parseCgroupMounts } from '../../../src/sampler/cgroup/cgroup-mounts.ts';
import { until } from './home.ts';

const PERIOD_US = 100_000;

/** A real cgroup of this machine with limits that a test sets; needs root and a cgroup file system that can be written. */
export class TestCgroup {
  /** Its directory by controller; one and the same on cgroup v2. */
  readonly #directories: Readonly<Record<'cpu' | 'cpuacct' | 'memory', string>>;
  readonly #version: 1 | 2;

  private constructor(version: 1 | 2, directories: TestCgroup['directories']) {
    this.#version = version;
    this.#directories = directories;
  }

  /** Makes one. @returns why that is not possible here otherwise */
  static create(): TestCgroup | string {
    const mounts = parseCgroupMounts(readText('/proc/self/mountinfo'));
    const name = `optimetrics-test-${String(process.pid)}`;
    const at = (mount: CgroupMount | undefined): string | undefined =>
      mount && path.join(mount.mountPoint, name);
    const legacy = (controller: string): string | undefined =>
      at(mounts.find(({ version, options }) => version === 1 && options.includes(controller)));
    const unified = at(mounts.find(({ version }) => version === 2));
    const [cpu, cpuacct, memory] = [legacy('cpu'), legacy('cpuacct'), legacy('memory')];
    let cgroup: TestCgroup | undefined;
    if (cpu !== undefined && cpuacct !== undefined && memory !== undefined) {
      cgroup = new TestCgroup(1, { cpu, cpuacct, memory });
    } else if (unified !== undefined) {
      cgroup = new TestCgroup(2, { cpu: unified, cpuacct: unified, memory: unified });
    }
    if (!cgroup) return 'there are no cgroups of cpu and memory here';
    try {
      for (const directory of cgroup.directorySet) fs.mkdirSync(directory);
    } catch (error) {
      cgroup.#removeNow();
      return `cgroups cannot be made here (${(error as NodeJS.ErrnoException).code ?? ''})`;
    }
    const limits = cgroup.#version === 2 ? ['cpu.max', 'memory.max'] : ['cpu.cfs_quota_us'];
    if (limits.every(file => fs.existsSync(path.join(cgroup.#directories.cpu, file)))) return cgroup;
    cgroup.#removeNow();
    return 'the cpu and memory controllers are not switched on for new cgroups here';
  }

  get directories(): Readonly<Record<'cpu' | 'cpuacct' | 'memory', string>> {
    return this.#directories;
  }

  get directorySet(): readonly string[] {
    return [...new Set(Object.values(this.#directories))];
  }

  /** A command that runs another one in this cgroup. */
  wrap(command: string, args: readonly string[]): [command: string, args: string[]] {
    const moves = this.directorySet.map(directory => `echo $$ > '${directory}/cgroup.procs' && `).join('');
    return ['/bin/sh', ['-c', `${moves}exec "$@"`, 'sh', command, ...args]];
  }

  limitCpu(cores: number): void {
    const quota = String(cores * PERIOD_US);
    if (this.#version === 2) this.#write('cpu', 'cpu.max', `${quota} ${String(PERIOD_US)}`);
    else {
      this.#write('cpu', 'cpu.cfs_period_us', String(PERIOD_US));
      this.#write('cpu', 'cpu.cfs_quota_us', quota);
    }
  }

  /** Lets its processes have what the limit leaves them before all others, however busy the machine is. */
  goFirst(): void {
    if (this.#version === 2) this.#write('cpu', 'cpu.weight', '10000');
    else this.#write('cpu', 'cpu.shares', '262144');
  }

  /** `undefined` takes the limit away. */
  limitMemory(bytes: number | undefined): void {
    if (this.#version === 2) this.#write('memory', 'memory.max', bytes === undefined ? 'max' : String(bytes));
    else this.#write('memory', 'memory.limit_in_bytes', String(bytes ?? -1));
  }

  /** Removes it, when the processes in it are gone. */
  async remove(): Promise<void> {
    await until('the cgroup is empty', () => this.#removeNow());
  }

  #removeNow(): boolean {
    for (const directory of this.directorySet) {
      try {
        fs.rmdirSync(directory);
      } catch {
        if (fs.existsSync(directory)) return false;
      }
    }
    return true;
  }

  #write(controller: 'cpu' | 'memory', file: string, content: string): void {
    fs.writeFileSync(path.join(this.#directories[controller], file), content);
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
