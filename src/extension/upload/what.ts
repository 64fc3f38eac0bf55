import type { Config } from '../../common/config/schema.ts';
import { t } from '../l10n.ts';
import type { Draft } from './draft.ts';
import { choose } from './questions.ts';
import { BACK, CANCELLED, type Step } from './steps.ts';

/** @param mayContribute whether VS Code's telemetry is on, without which nothing is contributed */
export function chooseMode(mayContribute: boolean): Step<Draft> {
  return async (draft, place) => {
    const mode = await choose<Config['cloud']['mode']>({
      title: t('Set Up Upload: what'),
      place,
      placeholder: t('Nothing is sent, kept or turned on before your consent in the last step'),
      chosen: draft.cloud.mode,
      choices: [
        {
          value: 'backup',
          label: t('Backup'),
          description: t('the whole log, to storage of your own'),
          detail: t('Your key alone opens it: who runs the storage cannot read it.'),
        },
        {
          value: 'contribute',
          label: t('Contribution'),
          description: t('a part of the log, to a study'),
          detail: mayContribute
            ? t('The study can read it: allowed numbers only, under an id that changes monthly.')
            : t('Not possible while VS Code’s telemetry is off (telemetry.telemetryLevel).'),
          isBarred: !mayContribute,
        },
      ],
    });
    return mode === BACK || mode === CANCELLED ? mode : { ...draft, cloud: { ...draft.cloud, mode } };
  };
}
