import { armor, Decrypter, Encrypter } from 'age-encryption';
import * as v from 'valibot';
import { isForOthers } from '../envelope/age-errors.ts';
import { LocalKey } from '../envelope/local-key.ts';
import { KeyRing, type RingKey } from './key-ring.ts';

/** A recovery file cannot be read. The message says why, and holds nothing of it. */
export abstract class RecoveryError extends Error {}

/** It is another kind of file. */
export class NotRecoveryError extends RecoveryError {
  override readonly name = 'NotRecoveryError';
}

/** The passphrase is another; or the lines are damaged by which this is told. */
export class WrongPassphraseError extends RecoveryError {
  override readonly name = 'WrongPassphraseError';

  constructor() {
    super(
      'the passphrase is wrong, or the first lines of the recovery file are damaged; these cannot be told apart',
    );
  }
}

/** It is not as it was written. */
export class DamagedRecoveryError extends RecoveryError {
  override readonly name = 'DamagedRecoveryError';
}

/** Binary logarithm of scrypt's cost, age's own: about a second, and 256 MiB for that time. */
const WORK_FACTOR = 18;

const AGE_MAGIC = 'age-encryption.org/v1\n';
const ARMOR_MAGIC = '-----BEGIN AGE ENCRYPTED FILE-----';
const PASSPHRASE_STANZA = '-> scrypt ';

const CONTENT = v.object({
  format: v.literal('optimetrics-keys'),
  version: v.literal(1),
  keys: v.array(
    v.object({ created: v.pipe(v.string(), v.isoTimestamp()), key: v.pipe(v.string(), v.base64()) }),
  ),
});

/**
 * The keys as a text for keeping: an age file with a passphrase (scrypt), in its armor, so that `age -d` opens it too.
 *
 * @param workFactor binary logarithm of scrypt's cost
 */
export async function writeRecovery(
  keys: readonly RingKey[],
  passphrase: string,
  workFactor = WORK_FACTOR,
): Promise<string> {
  const content = {
    format: 'optimetrics-keys',
    version: 1,
    keys: keys.map(({ key, createdMs }) => ({
      id: key.id,
      created: new Date(createdMs).toISOString(),
      key: key.reveal().toString('base64'),
    })),
  };
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return armor.encode(await encrypter.encrypt(JSON.stringify(content)));
}

/**
 * The keys of a recovery file.
 *
 * @throws NotRecoveryError when it is none: no age file, one for recipients, or one of something else
 * @throws WrongPassphraseError, which a damaged first part of the file looks like too
 * @throws DamagedRecoveryError when the passphrase is right, or cannot be tried, and the file is not as it was written
 */
export async function readRecovery(file: Uint8Array, passphrase: string): Promise<KeyRing> {
  const age = bytesOf(file);
  if (!startsWith(age, AGE_MAGIC))
    throw new NotRecoveryError('it is not a recovery file: those are files of “optimetrics keys export”');
  if (!startsWith(age.subarray(AGE_MAGIC.length), PASSPHRASE_STANZA))
    throw new NotRecoveryError('it is an age file without a passphrase, and not a recovery file');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return ringOf(await decrypter.decrypt(age, 'text'));
  } catch (error) {
    if (error instanceof RecoveryError) throw error;
    if (isForOthers(error)) throw new WrongPassphraseError();
    throw new DamagedRecoveryError('the recovery file is damaged; use another copy of it');
  }
}

function bytesOf(file: Uint8Array): Uint8Array {
  const text = Buffer.from(file).toString('latin1').trimStart();
  if (!text.startsWith(ARMOR_MAGIC)) return file;
  try {
    return armor.decode(text);
  } catch {
    throw new DamagedRecoveryError('the recovery file is damaged or incomplete; use another copy of it');
  }
}

function ringOf(text: string): KeyRing {
  const content = v.safeParse(CONTENT, JSON.parse(text));
  if (!content.success)
    throw new NotRecoveryError('it opens, and holds no keys that this version of OptiMetrics knows');
  return new KeyRing(
    content.output.keys.map(({ key, created }) => ({
      key: LocalKey.of(Buffer.from(key, 'base64')),
      createdMs: Date.parse(created),
    })),
  );
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).equals(Buffer.from(text, 'latin1'));
}
