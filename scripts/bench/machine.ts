import fs from 'node:fs';
import os from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly isVirtual: boolean;
  readonly node: string;
  /** Processes on the machine; some of what is compared looks into each. */
  readonly processes: number;
  /** Of this program. */
  readonly version: string;
  /** UTC, `YYYY-MM-DD HH:MM`. */
  readonly date: string;
  /** Average number of running tasks of the last minute, before anything was measured. */
  readonly load: number;
}

/** Describes this machine by its kind, never by its name. */
export function describeMachine(version: string): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown CPU',
    cores: cpus.length,
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release().replace(/^(\d+\.\d+).*/, '$1')} ${process.arch}`,
    isVirtual: isVirtual(),
    node: process.versions.node,
    processes: countProcesses(),
    version,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    load: os.loadavg()[0] ?? Number.NaN,
  };
}

function countProcesses(): number {
  try {
    return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).length;
  } catch {
    return Number.NaN;
  }
}

/** Whether the CPU says that a hypervisor runs it; false where it does not say. */
function isVirtual(): boolean {
  try {
    return /^flags\s*:.*\bhypervisor\b/m.test(fs.readFileSync('/proc/cpuinfo', 'latin1'));
  } catch {
    return false;
  }
}
