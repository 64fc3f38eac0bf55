import { english, type Translate } from './translate.ts';
import { type Category, UNKNOWN } from './workload.ts';

/** How a class is called. */
export interface WorkloadName {
  /** In a sentence or a list. */
  readonly title: string;
  /** Where there is room for one short word. */
  readonly short: string;
}

const NAMES: ReadonlyMap<Category, (t: Translate) => WorkloadName> = new Map([
  ['gaming', t => ({ title: t('Gaming'), short: t('Gaming') })],
  ['ai_training', t => ({ title: t('AI training'), short: t('AI') })],
  ['cad_3d_modeling', t => ({ title: t('CAD and 3D modelling'), short: t('3D') })],
  ['graphics_design', t => ({ title: t('Graphics design'), short: t('Design') })],
  ['video_editing', t => ({ title: t('Video editing'), short: t('Video') })],
  ['coding_development', t => ({ title: t('Coding'), short: t('Coding') })],
  ['document_editing', t => ({ title: t('Document editing'), short: t('Writing') })],
  ['web_browsing', t => ({ title: t('Web browsing'), short: t('Web') })],
  ['idle', t => ({ title: t('Idle'), short: t('Idle') })],
  ['system_maintenance', t => ({ title: t('System maintenance'), short: t('System') })],
  [UNKNOWN, t => ({ title: t('Unknown'), short: t('unknown') })],
] satisfies [Category, (t: Translate) => WorkloadName][]);

/** How a class is called; one that the user's profiles add by its own name, with spaces. */
export function workloadName(category: Category, t: Translate = english): WorkloadName {
  const known = NAMES.get(category);
  if (known) return known(t);
  const title = category.replaceAll('_', ' ').trim();
  return { title, short: title.length > 12 ? `${title.slice(0, 11)}…` : title };
}
