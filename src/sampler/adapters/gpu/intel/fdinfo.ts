import { ascii, type ByteReader } from '../../../proc/byte-reader.ts';

/** Kinds of engines, each with its place in {@link EngineTimes}. */
export const Engine = { render: 0, copy: 1, video: 2, videoEnhance: 3, compute: 4 } as const;

/** How many kinds of engines there are. */
export const ENGINES = Object.keys(Engine).length;

const COLON = 0x3a;
const SPACE = 0x20;

const DRM = ascii('drm-');
const CLIENT_ID = ascii('client-id:');
const PDEV = ascii('pdev:');
const ENGINE = ascii('engine-');
const CAPACITY = ascii('engine-capacity-');
const CYCLES = ascii('cycles-');
const TOTAL_CYCLES = ascii('total-cycles-');
const NANOSECONDS = ascii('ns');

/** Names of i915 (`uabi_class_names` of `i915_drm_client.c`) and xe (`xe_drm_client.c`). */
const NAMES = (
  [
    ['render', Engine.render],
    ['rcs', Engine.render],
    ['copy', Engine.copy],
    ['bcs', Engine.copy],
    ['video', Engine.video],
    ['vcs', Engine.video],
    ['video-enhance', Engine.videoEnhance],
    ['vecs', Engine.videoEnhance],
    ['compute', Engine.compute],
    ['ccs', Engine.compute],
  ] as const
).map(([name, engine]) => ({ name: ascii(name), engine }));

/**
 * What a process has had of a GPU's engines, from the `/proc/<pid>/fdinfo/<fd>` of the GPU's device file (Linux,
 * `Documentation/gpu/drm-usage-stats.rst`).
 *
 * i915 tells nanoseconds of work (`drm-engine-render: 9288864723 ns`), xe tells cycles of work and cycles that have passed
 * (`drm-cycles-rcs`, `drm-total-cycles-rcs`), both for all engines of a kind together.
 */
export class EngineTimes {
  /** Number of the open file in the driver: files that processes share have the same. NaN where none is told. */
  clientId = Number.NaN;
  /** The GPU's place on the PCI bus is another than the one asked for. */
  isOfOther = false;
  /** Work done by kind of engine, nanoseconds; NaN where it is not told so. */
  readonly nanoseconds = new Float64Array(ENGINES);
  /** Work done by kind of engine, cycles; NaN where it is not told so. */
  readonly cycles = new Float64Array(ENGINES);
  /** Cycles that have passed by kind of engine; NaN where they are not told. */
  readonly totalCycles = new Float64Array(ENGINES);
  /** Number of engines by kind. */
  readonly capacity = new Float64Array(ENGINES);

  /** Whether the work of any engine is told. */
  get hasWork(): boolean {
    return [...this.nanoseconds, ...this.totalCycles].some(value => !Number.isNaN(value));
  }

  /**
   * Takes in a file that has been read. Does not throw.
   *
   * @param pdev the GPU's place as the kernel writes it, `0000:03:00.0`
   */
  decode(reader: ByteReader, pdev: Uint8Array): void {
    this.clientId = Number.NaN;
    this.isOfOther = false;
    this.nanoseconds.fill(Number.NaN);
    this.cycles.fill(Number.NaN);
    this.totalCycles.fill(Number.NaN);
    this.capacity.fill(1);
    do {
      if (!reader.take(DRM)) continue;
      if (reader.take(CLIENT_ID)) this.clientId = reader.unsigned();
      else if (reader.take(PDEV)) this.isOfOther = !isAddress(reader, pdev);
      else if (reader.take(CAPACITY)) this.#putCapacity(reader);
      else if (reader.take(ENGINE)) this.#putNanoseconds(reader);
      else if (reader.take(TOTAL_CYCLES)) put(reader, this.totalCycles);
      else if (reader.take(CYCLES)) put(reader, this.cycles);
    } while (reader.nextLine());
  }

  #putCapacity(reader: ByteReader): void {
    const engine = engineAt(reader);
    if (engine < 0) return;
    const count = reader.unsigned();
    this.capacity[engine] = count > 0 ? count : Number.NaN;
  }

  #putNanoseconds(reader: ByteReader): void {
    const engine = engineAt(reader);
    if (engine < 0) return;
    const value = reader.unsigned();
    reader.skipSpaces();
    if (reader.take(NANOSECONDS)) this.nanoseconds[engine] = value;
  }
}

function put(reader: ByteReader, into: Float64Array): void {
  const engine = engineAt(reader);
  if (engine >= 0) into[engine] = reader.unsigned();
}

/** The engine whose name and colon stand here, which are passed; −1 for one that is not known. */
function engineAt(reader: ByteReader): number {
  const start = reader.at;
  for (const { name, engine } of NAMES) {
    if (reader.take(name) && reader.peek() === COLON) {
      reader.at++;
      return engine;
    }
    reader.at = start;
  }
  return -1;
}

function isAddress(reader: ByteReader, pdev: Uint8Array): boolean {
  reader.skipSpaces();
  return reader.take(pdev) && reader.peek() <= SPACE;
}
