import type { DashboardCommand, SamplerState } from '../src/common/dashboard.ts';
import type { Notice } from './banner.ts';
import { t } from './l10n.ts';

/** What the banner says of the sampler; `undefined` while all is well, or nothing is known yet. */
export function stateNotice(
  state: SamplerState | undefined,
  detail: string,
  run: (command: DashboardCommand) => void,
): Notice | undefined {
  const start = {
    label: t('Start'),
    run: () => {
      run('start');
    },
  };
  const showLog = {
    label: t('Show Log'),
    run: () => {
      run('showLog');
    },
  };
  switch (state) {
    case undefined:
    case 'running':
      return undefined;
    case 'starting':
      return { kind: 'progress', title: t('Starting…'), detail, actions: [] };
    case 'stopped':
      return {
        kind: 'information',
        title: t('Stopped.'),
        detail: detail || t('No values come until you start it again.'),
        actions: [start],
      };
    case 'failed':
      return { kind: 'error', title: t('No readings.'), detail, actions: [start, showLog] };
  }
}
