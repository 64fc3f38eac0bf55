import { t } from '../l10n.ts';

/** Fewest characters of a new passphrase: a stolen recovery file can be tried for as long as its thief likes. */
const FEWEST = 12;

/** What is wrong with a new passphrase, in words for the user; empty where nothing is. */
export function passphraseFault(text: string): string {
  const missing = FEWEST - Array.from(text).length;
  return missing > 0 ? t('At least {0} characters; {1} more.', FEWEST, missing) : '';
}
