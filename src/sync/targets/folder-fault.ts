import { codeOf, describeFault } from '../../common/faults.ts';
import { PassingFault, RefusedFault, TargetFault } from './faults.ts';

/**
 * The folder is not to be seen, nor what it is to be in: it comes back by itself, with its disk or its server.
 *
 * @param error what kept it from being made
 */
export function notThere(error?: unknown): PassingFault {
  const why = error === undefined ? '' : ` and cannot be made: ${describeFault(error)}`;
  return new PassingFault(
    `the upload folder is not there${why}; if it is on a disk or a share, connect that`,
  );
}

/**
 * What a system's error means for uploads to a folder. Errors of ours stay as they are; no message has a path.
 */
export function folderFault(error: unknown): unknown {
  if (error instanceof TargetFault) return error;
  switch (codeOf(error)) {
    case undefined:
      return error;
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
      return notThere();
    case 'ENOSPC':
    case 'EDQUOT':
      return new RefusedFault(
        `there is no room for an upload in its folder: ${describeFault(error)}`,
        'Make room on that disk, or choose another folder',
      );
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new RefusedFault(
        `OptiMetrics may not write in the upload folder: ${describeFault(error)}`,
        'Let this user write there, or choose another folder',
      );
    case 'EFBIG':
      return new RefusedFault(
        'the file system of the upload folder does not take files of that size',
        'Choose a folder on another disk',
      );
    case 'EEXIST':
    case 'EISDIR':
    case 'ERR_FS_EISDIR':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'EINVAL':
    case 'ENAMETOOLONG':
      return new RefusedFault(
        `the upload folder cannot be used: ${describeFault(error)}`,
        'Look at what is there, or choose another folder',
      );
    default:
      return new PassingFault(`the upload folder cannot be used now: ${describeFault(error)}`);
  }
}
