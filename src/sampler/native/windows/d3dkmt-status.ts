import type { Absence } from '../../../common/frame.ts';
import { absenceOfStatus } from './codes.ts';

/** `STATUS_INVALID_PARAMETER` */
const INVALID_PARAMETER = 0xc000_000d;

/**
 * Why the graphics kernel gave nothing, from the status that it returned: to a question that it or the driver is too old
 * for it answers “invalid parameter”.
 */
export function absenceOfAnswer(status: number): Absence {
  return status === INVALID_PARAMETER ? 'unsupported' : absenceOfStatus(status);
}
