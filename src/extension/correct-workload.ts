import * as vscode from 'vscode';
import type { SamplerClient } from '../client/sampler-client.ts';
import { workloadChoices } from './workload-choices.ts';

/**
 * Asks what the machine has been doing in the last minutes and tells the sampler, which learns from it. The sampler keeps
 * numbers about hardware with it, on this machine, and nothing else.
 */
export async function correctWorkload(client: SamplerClient): Promise<void> {
  const { workload, status } = client;
  if (client.state !== 'running' || !workload || status?.workload?.state !== 'on') {
    void vscode.window.showInformationMessage(
      status?.workload?.state === 'off'
        ? vscode.l10n.t(
            'OptiMetrics does not tell kinds of work apart now: optimetrics.general.enableSessionClassification is off.',
          )
        : vscode.l10n.t('OptiMetrics does not tell kinds of work apart now, so there is nothing to correct.'),
    );
    return;
  }
  const corrections = status.workload.corrections;
  const chosen = await vscode.window.showQuickPick(workloadChoices(workload, corrections), {
    title: vscode.l10n.t('What has this machine been doing in the last minutes?'),
    placeHolder: vscode.l10n.t('At most three minutes count, and none before the latest change'),
    matchOnDescription: true,
  });
  switch (chosen?.action) {
    case undefined:
      return;
    case 'forget':
      await forgetCorrections(client);
      return;
    case 'correct':
      await tell(async () => {
        const count = await client.correctWorkload({ category: chosen.category });
        return count === 1
          ? vscode.l10n.t(
              'OptiMetrics will remember that this was “{0}”. 1 correction kept on this machine.',
              chosen.title,
            )
          : vscode.l10n.t(
              'OptiMetrics will remember that this was “{0}”. {1} corrections kept on this machine.',
              chosen.title,
              count,
            );
      });
  }
}

/** Deletes what the user has corrected, and says so. */
export async function forgetCorrections(client: SamplerClient): Promise<void> {
  await tell(async () => {
    const count = await client.forgetCorrections();
    if (count === 0) return vscode.l10n.t('There are no workload corrections to forget.');
    return count === 1
      ? vscode.l10n.t('OptiMetrics has forgotten 1 correction.')
      : vscode.l10n.t('OptiMetrics has forgotten {0} corrections.', count);
  });
}

async function tell(act: () => Promise<string>): Promise<void> {
  try {
    void vscode.window.showInformationMessage(await act());
  } catch (error) {
    // The sampler's own words, which name no path.
    const why = error instanceof Error ? error.message : vscode.l10n.t('the sampler did not answer');
    void vscode.window.showErrorMessage(`OptiMetrics: ${why}`);
  }
}
