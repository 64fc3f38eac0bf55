import { type Category, UNKNOWN } from './workload.ts';

/** How a class is called. */
export interface WorkloadName {
  /** In a sentence or a list. */
  readonly title: string;
  /** Where there is room for one short word. */
  readonly short: string;
}

const NAMES: ReadonlyMap<Category, WorkloadName> = new Map([
  ['gaming', { title: 'Gaming', short: 'Gaming' }],
  ['ai_training', { title: 'AI training', short: 'AI' }],
  ['cad_3d_modeling', { title: 'CAD and 3D modelling', short: '3D' }],
  ['graphics_design', { title: 'Graphics design', short: 'Design' }],
  ['video_editing', { title: 'Video editing', short: 'Video' }],
  ['coding_development', { title: 'Coding', short: 'Coding' }],
  ['document_editing', { title: 'Document editing', short: 'Writing' }],
  ['web_browsing', { title: 'Web browsing', short: 'Web' }],
  ['idle', { title: 'Idle', short: 'Idle' }],
  ['system_maintenance', { title: 'System maintenance', short: 'System' }],
  [UNKNOWN, { title: 'Unknown', short: 'unknown' }],
]);

/** How a class is called; one that the user's profiles add by its own name, with spaces. */
export function workloadName(category: Category): WorkloadName {
  const known = NAMES.get(category);
  if (known) return known;
  const title = category.replaceAll('_', ' ').trim();
  return { title, short: title.length > 12 ? `${title.slice(0, 11)}…` : title };
}
