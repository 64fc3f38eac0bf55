/** What common system error codes mean, in words a user can act on. */
const MEANING: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'not found',
  ENOTDIR: 'not a folder',
  EISDIR: 'is a folder',
  EEXIST: 'exists already',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  EIO: 'input/output error',
  ENODEV: 'no such device',
  EBUSY: 'device busy',
  ENOTSUP: 'not supported',
  EOPNOTSUPP: 'not supported',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ENAMETOOLONG: 'path too long',
  ELOOP: 'too many symbolic links',
  EINVAL: 'invalid argument',
  ESTALE: 'stale network file handle',
  ETIMEDOUT: 'timed out',
};

/**
 * Describes an error for a log or a message without the paths, addresses and names that system errors carry in their
 * texts: the code and its meaning, or the text with everything that looks like a path or an address left out.
 */
export function describeFault(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined) {
    const meaning = MEANING[code];
    return meaning === undefined ? code : `${meaning} (${code})`;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return withoutPaths(text).slice(0, 300);
}

/** The system's error code (`ENOENT`, …) of an error, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Replaces file paths, addresses and quoted names in a text by `…`. */
export function withoutPaths(text: string): string {
  return text
    .replace(/(?:file:\/\/)?(?:[A-Za-z]:)?[\\/][^\s'":;,()]*/g, '…')
    .replace(/'[^']*'|"[^"]*"|`[^`]*`/g, '…')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '…')
    .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, '…');
}
