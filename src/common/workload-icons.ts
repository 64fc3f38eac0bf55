import { type Category, UNKNOWN } from './workload.ts';

const ICONS = {
  gaming: 'game',
  ai_training: 'circuit-board',
  cad_3d_modeling: 'package',
  graphics_design: 'symbol-color',
  video_editing: 'device-camera-video',
  coding_development: 'code',
  document_editing: 'edit',
  web_browsing: 'globe',
  idle: 'coffee',
  system_maintenance: 'tools',
  [UNKNOWN]: 'question',
} as const satisfies Readonly<Record<Category, string>>;

/** Name of an icon of a class. */
export type WorkloadIcon = (typeof ICONS)[keyof typeof ICONS] | 'tag';

/** Names of all icons of classes. */
export const WORKLOAD_ICONS: readonly WorkloadIcon[] = [...Object.values(ICONS), 'tag'];

/** Name of the class's icon among VS Code's own (the codicons); a class of the user's profiles has a tag. */
export function workloadIcon(category: Category): WorkloadIcon {
  return Object.hasOwn(ICONS, category) ? ICONS[category as keyof typeof ICONS] : 'tag';
}
