import fs from 'node:fs';
import path from 'node:path';
import type { PciDisplay } from '../pci-display.ts';

/** The kernel's drivers whose files are known here. */
export type IntelDriver = 'i915' | 'xe';

/**
 * Which of the drivers has a GPU; `undefined` where it is another or none. Where the system does not show which it is, as in
 * a sandbox, its files tell.
 */
export function intelDriver({ driver, folder, isCard }: PciDisplay): IntelDriver | undefined {
  if (driver === 'i915' || driver === 'xe') return driver;
  if (driver !== undefined || !isCard) return undefined;
  if (fs.existsSync(path.join(folder, 'tile0'))) return 'xe';
  const card = cardFolder(folder);
  return ['gt', 'gt_act_freq_mhz', 'gt_cur_freq_mhz'].some(file => fs.existsSync(path.join(card, file)))
    ? 'i915'
    : undefined;
}

/** Folder of the graphics card of a device: below it, or above where the device was found by its card. */
export function cardFolder(device: string): string {
  const cards = path.join(device, 'drm');
  try {
    const card = fs.readdirSync(cards).find(name => /^card\d{1,6}$/.test(name));
    if (card !== undefined) return path.join(cards, card);
  } catch {
    // Nothing below: see above.
  }
  return path.dirname(device);
}
