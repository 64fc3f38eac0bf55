/** What age-encryption says when none of the identities or passphrases it was given is for a file. */
const FOR_OTHERS = "no identity matched any of the file's recipients";

/** Whether a file is for other identities, or has another passphrase. */
export function isForOthers(error: unknown): boolean {
  return error instanceof Error && error.message === FOR_OTHERS;
}
