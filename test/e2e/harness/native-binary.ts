/** What the headers of a native library say. */
export interface NativeBinary {
  readonly format: 'ELF' | 'Mach-O' | 'PE';
  /** As Node names it. */
  readonly cpu: 'x64' | 'arm64';
  /** Libraries that an ELF file asks for, each with the versions of symbols it wants of them; else empty. */
  readonly libraries: ReadonlyMap<string, readonly string[]>;
  /** Whether a Mach-O file carries a signature: macOS on Apple silicon ends a process that loads code without one. */
  readonly signed: boolean;
}

/** `e_machine` of elf(5). */
const ELF_MACHINES = { 0x3e: 'x64', 0xb7: 'arm64' } as const;
/** `cputype` of mach/machine.h. */
const MACH_CPUS = { 0x01000007: 'x64', 0x0100000c: 'arm64' } as const;
/** `Machine` of the PE format. */
const PE_MACHINES = { 0x8664: 'x64', 0xaa64: 'arm64' } as const;

const MH_MAGIC_64 = 0xfeedfacf;
const MACH_HEADER_64 = 32;
const LC_CODE_SIGNATURE = 0x1d;

const SHT_DYNAMIC = 6;
const SHT_GNU_VERNEED = 0x6ffffffe;
const DT_NEEDED = 1;

/**
 * Reads the headers of a 64-bit little-endian native library: ELF as elf(5), Mach-O as mach-o/loader.h, PE as Microsoft's
 * "PE Format".
 *
 * @throws Error for any other file and any other processor, universal Mach-O files among them
 */
export function readNativeBinary(file: Buffer): NativeBinary {
  const nothing = { libraries: new Map<string, string[]>(), signed: false };
  if (file.toString('latin1', 0, 6) === '\x7fELF\x02\x01') {
    const cpu = cpuOf(ELF_MACHINES, file.readUInt16LE(18));
    return { ...nothing, format: 'ELF', cpu, libraries: elfLibraries(file) };
  }
  if (file.readUInt32LE(0) === MH_MAGIC_64) {
    const cpu = cpuOf(MACH_CPUS, file.readUInt32LE(4));
    return { ...nothing, format: 'Mach-O', cpu, signed: loadCommands(file).includes(LC_CODE_SIGNATURE) };
  }
  const pe = file.readUInt32LE(0x3c);
  if (file.toString('latin1', 0, 2) === 'MZ' && file.toString('latin1', pe, pe + 4) === 'PE\0\0')
    return { ...nothing, format: 'PE', cpu: cpuOf(PE_MACHINES, file.readUInt16LE(pe + 4)) };
  throw new Error(`No native library starts with ${file.toString('hex', 0, 8)}`);
}

function cpuOf(known: Readonly<Record<number, 'x64' | 'arm64'>>, machine: number): 'x64' | 'arm64' {
  const cpu = known[machine];
  if (cpu === undefined) throw new Error(`Unknown processor 0x${machine.toString(16)}`);
  return cpu;
}

function loadCommands(file: Buffer): number[] {
  const commands: number[] = [];
  let at = MACH_HEADER_64;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    commands.push(file.readUInt32LE(at));
    at += file.readUInt32LE(at + 4);
  }
  return commands;
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section with the strings of this one. */
  readonly link: number;
  /** For needed versions, how many libraries there are. */
  readonly info: number;
}

function elfLibraries(file: Buffer): Map<string, string[]> {
  const sections = elfSections(file);
  const libraries = new Map<string, string[]>();
  const ofType = (type: number): { section: Section; text: (at: number) => string } => {
    const section = sections.find(candidate => candidate.type === type);
    const strings = sections[section?.link ?? -1];
    if (section === undefined || strings === undefined) throw new Error(`No section of type ${type}`);
    const text = (at: number): string => {
      const start = strings.offset + at;
      return file.toString('latin1', start, file.indexOf(0, start));
    };
    return { section, text };
  };

  const dynamic = ofType(SHT_DYNAMIC);
  const { offset, size } = dynamic.section;
  for (let at = offset; at < offset + size; at += 16) {
    if (file.readBigInt64LE(at) === BigInt(DT_NEEDED))
      libraries.set(dynamic.text(Number(file.readBigUInt64LE(at + 8))), []);
  }
  const versions = ofType(SHT_GNU_VERNEED);
  let at = versions.section.offset;
  for (let left = versions.section.info; left > 0; left--) {
    const names: string[] = [];
    let entry = at + file.readUInt32LE(at + 8);
    for (let entries = file.readUInt16LE(at + 2); entries > 0; entries--) {
      names.push(versions.text(file.readUInt32LE(entry + 8)));
      entry += file.readUInt32LE(entry + 12);
    }
    libraries.set(versions.text(file.readUInt32LE(at + 4)), names);
    at += file.readUInt32LE(at + 12);
  }
  return libraries;
}

function elfSections(file: Buffer): Section[] {
  const start = Number(file.readBigUInt64LE(0x28));
  const size = file.readUInt16LE(0x3a);
  return Array.from({ length: file.readUInt16LE(0x3c) }, (_, i) => {
    const at = start + i * size;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 0x18)),
      size: Number(file.readBigUInt64LE(at + 0x20)),
      link: file.readUInt32LE(at + 0x28),
      info: file.readUInt32LE(at + 0x2c),
    };
  });
}
