import { askHidden, secretLines } from '../secret-input.ts';
import { UsageError } from '../usage.ts';

/** Fewest characters of a new passphrase: a stolen recovery file can be tried for as long as its thief likes. */
const FEWEST = 12;
/**
 * The passphrase of a recovery file: from a file, or asked for in the terminal, where it does not show. It never comes from
 * the command line or the environment, which other programs can see.
 *
 * @param file path, - for standard input; `undefined` to ask
 * @param isNew asks twice, and refuses a short one
 * @throws UsageError when there is nothing to take it from, or it is too short
 */
export async function takePassphrase(file: string | undefined, isNew: boolean): Promise<string> {
  const passphrase =
    file === undefined ? await ask(isNew) : (secretLines(file, '--passphrase-file')[0] ?? '');
  if (passphrase === '') throw new UsageError('the passphrase is empty');
  if (isNew && Array.from(passphrase).length < FEWEST)
    throw new UsageError(
      `the passphrase has fewer than ${FEWEST} characters; take five words at random, or more`,
    );
  return passphrase;
}

async function ask(isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError('there is no terminal to ask for the passphrase in; use --passphrase-file');
  const passphrase = await askHidden(isNew ? 'New passphrase: ' : 'Passphrase: ');
  if (isNew && (await askHidden('The same again: ')) !== passphrase)
    throw new UsageError('the two passphrases are different; nothing was written');
  return passphrase;
}
