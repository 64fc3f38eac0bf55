import fs from 'node:fs';
import path from 'node:path';

/** Where the throttling files of a part are, and how they are called. */
export interface ThrottlingPlace {
  readonly folder: string;
  readonly prefix: string;
  readonly status: string;
}

/** The files of one of a GPU's parts ("GT"): graphics, media; on large GPUs for each tile. */
export interface GtFiles {
  readonly folder: string;
  /** Actual (or, without that, requested) clock of a part that does graphics or compute work, in MHz; `undefined` for a media part. */
  readonly clock: string | undefined;
  /** Milliseconds that it was in its sleep state, or that engines of it were. */
  readonly asleep: readonly string[];
  readonly throttling: ThrottlingPlace | undefined;
}

/**
 * The parts of a GPU with the driver i915 (Linux 5.18 and later, `intel_gt_sysfs_pm.c`): `gt/gt<N>` in the folder of the
 * card. Older kernels have the GPU as a whole, in that folder itself (`i915_sysfs.c`). Only names are looked at.
 *
 * @param card folder of the card, `drm/card<N>` of the device
 */
export function findI915Gts(card: string): GtFiles[] {
  const gts = numbered(path.join(card, 'gt'), 'gt').map((folder, index) => ({
    folder,
    clock: index === 0 ? firstPresent(folder, ['rps_act_freq_mhz', 'rps_cur_freq_mhz']) : undefined,
    asleep: allPresent(folder, ['rc6_residency_ms', 'media_rc6_residency_ms']),
    throttling: place(folder, 'throttle_reason_', 'throttle_reason_status'),
  }));
  if (gts.length > 0) return gts;
  const clock = firstPresent(card, ['gt_act_freq_mhz', 'gt_cur_freq_mhz']);
  const power = path.join(card, 'power');
  const asleep = allPresent(power, ['rc6_residency_ms', 'media_rc6_residency_ms']);
  if (clock === undefined && asleep.length === 0) return [];
  return [{ folder: card, clock, asleep, throttling: undefined }];
}

/**
 * The parts of a GPU with the driver xe: `tile<N>/gt<N>` in the folder of the device (Linux, `xe_gt_freq.c`,
 * `xe_gt_idle.c`, `xe_gt_throttle.c`). The first of a tile does graphics and compute work, the other media. Only names are
 * looked at.
 *
 * @param device folder of the device
 */
export function findXeGts(device: string): GtFiles[] {
  return numbered(device, 'tile').flatMap(tile =>
    numbered(tile, 'gt').map((folder, index) => ({
      folder,
      // The requested clock, cur_freq, would keep the GPU from sleeping to be read (`xe_guc_pc_get_cur_freq`): it is read only
      // where there is no other.
      clock: index === 0 ? firstPresent(folder, ['freq0/act_freq', 'freq0/cur_freq']) : undefined,
      asleep: allPresent(folder, ['gtidle/idle_residency_ms']),
      throttling: place(path.join(folder, 'freq0/throttle'), 'reason_', 'status'),
    })),
  );
}

/** Names of the GPU's device files in `/dev/dri`: `card1`, `renderD128`. */
export function findDeviceFiles(device: string): string[] {
  const isDeviceFile = (name: string): boolean => /^(card|renderD)\d{1,6}$/.test(name);
  const names = list(path.join(device, 'drm')).filter(isDeviceFile);
  return names.length > 0 ? names : [path.basename(path.dirname(device))].filter(isDeviceFile);
}

function place(folder: string, prefix: string, status: string): ThrottlingPlace | undefined {
  return present(folder, status) === undefined ? undefined : { folder, prefix, status };
}

function firstPresent(folder: string, names: readonly string[]): string | undefined {
  return allPresent(folder, names)[0];
}

function allPresent(folder: string, names: readonly string[]): string[] {
  return names.map(name => present(folder, name)).filter(file => file !== undefined);
}

function present(folder: string, name: string): string | undefined {
  const file = path.join(folder, name);
  return fs.existsSync(file) ? file : undefined;
}

/** Folders called `name` and a number, in the order of their numbers. */
function numbered(parent: string, name: string): string[] {
  const pattern = new RegExp(`^${name}(\\d{1,3})$`);
  return list(parent)
    .map(entry => pattern.exec(entry))
    .filter(match => match !== null)
    .sort((a, b) => Number(a[1]) - Number(b[1]))
    .map(match => path.join(parent, match[0]));
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
