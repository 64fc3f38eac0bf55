import type { WorkloadMessage } from '../common/protocol.ts';
import type { Category } from '../common/workload.ts';
import { workloadName } from '../common/workload-names.ts';
import { confidenceText } from '../common/workload-words.ts';
import { t } from './l10n.ts';
import { iconText } from './status/workload.ts';

/** An item of the list from which the user picks what the machine has been doing. */
export type WorkloadChoice = {
  readonly label: string;
  readonly description: string;
} & (
  | { readonly action: 'correct'; readonly category: Category; readonly title: string }
  | { readonly action: 'forget' }
);

/**
 * The classes to pick from, the likeliest first after the one that is the answer now, and a way to forget what was
 * picked before.
 */
export function workloadChoices(
  { current, categories }: WorkloadMessage,
  corrections: number,
): WorkloadChoice[] {
  const likelihood = (category: Category): number => current?.probabilities[category] ?? 0;
  const order = [...categories].sort(
    (a, b) =>
      Number(b === current?.category) - Number(a === current?.category) || likelihood(b) - likelihood(a),
  );
  const choices: WorkloadChoice[] = order.map(category => {
    const { title } = workloadName(category, t);
    const share = likelihood(category) >= 0.01 ? confidenceText(likelihood(category)) : '';
    return {
      action: 'correct',
      category,
      title,
      label: `${iconText(category)} ${title}`,
      description: category === current?.category ? t('detected now, {0}', share) : share,
    };
  });
  if (corrections > 0) {
    choices.push({
      action: 'forget',
      label: `$(trash) ${t('Forget Workload Corrections')}`,
      description: t('{0} kept on this machine', corrections),
    });
  }
  return choices;
}
