import { generateIdentity, identityToRecipient } from 'age-encryption';

/** A study's key pair. */
export interface Study {
  readonly identity: string;
  readonly recipient: string;
}

/** Three studies, others in each process. */
export const STUDIES: Promise<readonly Study[]> = Promise.all(
  [0, 1, 2].map(async () => {
    const identity = await generateIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  }),
);
