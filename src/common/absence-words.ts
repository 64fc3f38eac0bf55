import type { Absence } from './frame.ts';
import type { Translate } from './translate.ts';

/** The word that stands where a value cannot. */
export function absenceWord(absence: Absence, t: Translate): string {
  switch (absence) {
    case 'unsupported':
      return t('unsupported');
    case 'asleep':
      return t('asleep');
    case 'denied':
      return t('denied');
    case 'failed':
      return t('failed');
  }
}
