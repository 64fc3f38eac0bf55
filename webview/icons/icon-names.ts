import { WORKLOAD_ICONS } from '../../src/common/workload-icons.ts';

/** The codicons that the dashboard shows; `npm run generate` puts their outlines into codicons.ts. */
export const ICON_NAMES = [
  ...([
    'arrow-down',
    'arrow-left',
    'arrow-right',
    'arrow-up',
    'chevron-down',
    'chevron-up',
    'close',
    'debug-pause',
    'device-camera',
    'discard',
    'error',
    'export',
    'gripper',
    'info',
    'layout',
    'markdown',
    'play',
    'refresh',
    'table',
    'zoom-in',
    'zoom-out',
  ] as const),
  ...WORKLOAD_ICONS,
] as const;

/** Name of one of them. */
export type IconName = (typeof ICON_NAMES)[number];
