import type { Translate } from '../common/translate.ts';
import type { StartFault } from './start-fault.ts';

/** Why frames do not come now: what a person reads in the status bar's tooltip, in the dashboard and in the terminal. */
export const stateWords = {
  replaced: (t: Translate): string => t('The sampler was replaced.'),
  died: (t: Translate): string => t('The sampler died and is being started again.'),
  newer: (t: Translate, version: string): string =>
    t('The sampler is of the newer version {0}. Reload the window to update this one.', version),
  notStarted: (t: Translate, fault: StartFault): string =>
    [
      t('The sampler does not start: {0}.', startFaultText(fault, t)),
      startRemedy(fault, t),
      t('Another try follows; “OptiMetrics: Start” tries at once.'),
    ]
      .filter(sentence => sentence !== '')
      .join(' '),
  /** @param why without paths */
  noConnection: (t: Translate, why: string): string =>
    [
      t('The sampler does not start: {0}.', why),
      t('Another try follows; “OptiMetrics: Start” tries at once.'),
    ].join(' '),
};

/** What happened, as a part of a sentence. */
export function startFaultText(fault: StartFault, t: Translate): string {
  switch (fault.kind) {
    case 'told':
      return fault.text;
    case 'damaged':
      return t('its program cannot be run ({0})', fault.text);
    case 'memory':
      return t('it was ended for want of memory ({0})', fault.text);
    case 'crashed':
      return t('it ended with an error ({0})', fault.text);
    case 'silent':
      return t('it ended at once and said nothing ({0})', fault.how);
    case 'late':
      return t('it was not ready after {0} seconds', fault.seconds);
    case 'refused':
      return t('the system does not let it begin ({0})', fault.text);
  }
}

/** What the user can do, in a sentence; empty where the fault says that itself. */
function startRemedy(fault: StartFault, t: Translate): string {
  switch (fault.kind) {
    case 'told':
      return '';
    case 'damaged':
      return t('Install OptiMetrics again.');
    case 'memory':
      return t('Close programs, or run fewer jobs at once.');
    case 'crashed':
      return t('“OptiMetrics: Show Log” has all that it printed; please report it.');
    case 'silent':
      return t('Security software may have ended it; “OptiMetrics: Show Log” has the attempts.');
    case 'late':
      return t('The machine may be too busy.');
    case 'refused':
      return t('See that there is room for another process, and that VS Code’s own program may be run.');
  }
}
