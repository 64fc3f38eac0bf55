import { t } from '../l10n.ts';
import { mebibytes } from './format.ts';
import type { Trouble } from './trouble.ts';

/** A trouble in words. */
export interface TroubleWords {
  /** What is wrong, in some words. */
  readonly what: string;
  /** What the user can do, in a sentence. */
  readonly remedy: string;
}

/** Says what is wrong and what can be done. */
export function troubleWords(trouble: Trouble): TroubleWords {
  switch (trouble.kind) {
    case 'cpuHot':
      return {
        what: t('The CPU is slowed down because it is too hot'),
        remedy: t('See that its fan runs and its vents are free, or run fewer jobs at once.'),
      };
    case 'gpuHot':
      return {
        what: t('GPU {0} is slowed down because it is too hot', trouble.gpu),
        remedy: t('See that its fans run and air reaches them, or lower its power limit.'),
      };
    case 'vram':
      return {
        what: t('{0} % of the memory of GPU {1} is in use', trouble.percent.toFixed(0), trouble.gpu),
        remedy: t(
          'The next allocation may fail: use a smaller batch or model, or end what else uses this GPU.',
        ),
      };
    case 'memoryPressure':
      return {
        what: t('Programs wait for memory {0} % of the time', trouble.percent.toFixed(0)),
        remedy: t('Close programs, or run fewer jobs at once.'),
      };
    case 'memory':
      return {
        what: t('Only {0} of memory are left', mebibytes(trouble.availableMb)),
        remedy: t('Close programs, or run fewer jobs at once, before the system ends some.'),
      };
    case 'disk':
      return {
        what: t('Disk {0} is full: {1} are left', trouble.disk, mebibytes(trouble.leftGb * 1024)),
        remedy: t('Delete or move files; programs fail when they cannot write.'),
      };
  }
}
