import path from 'node:path';
import * as vscode from 'vscode';
import { SamplerClient } from '../client/sampler-client.ts';
import { SETTING_KEYS } from '../common/config/schema.ts';
import { logThreshold } from '../common/log-threshold.ts';
import { SETTINGS_SECTION } from '../common/config/settings.ts';
import { english } from '../common/translate.ts';
import { dataDirectory, runtimeDirectory } from '../runtime/directories.ts';
import { Commands } from './commands.ts';
import type { DashboardContext } from './dashboard/dashboards.ts';
import { copyDashboardSummary, exportDashboard } from './dashboard/export.ts';
import { OpenDashboards } from './dashboard/open-dashboards.ts';
import { DashboardPanels } from './dashboard/panel.ts';
import { SamplerSource } from './dashboard/sampler-source.ts';
import { DashboardView } from './dashboard/view.ts';
import { diagnosticsText } from './diagnostics.ts';
import { correctWorkload, forgetCorrections } from './correct-workload.ts';
import { useTranslation } from './l10n.ts';
import { LogChannel } from './log-channel.ts';
import { openLogFolder } from './log-folder.ts';
import { concernsUs, type LoadedSettings, loadSamplerSettings, readWindowSettings } from './settings.ts';
import { StatusItem } from './status/status-item.ts';
import { Uploads } from './uploads.ts';
import { watchedMachine } from './watched-machine.ts';

/** Whether this window was stopped by hand, kept over a reload. */
const STOPPED_KEY = 'stopped';

let leave: (() => Promise<void>) | undefined;

/** Called by VS Code once its window is up. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const startedAt = performance.now();
  useTranslation(vscode.l10n.t);
  const log = new LogChannel();
  const dataFolder = dataDirectory();
  let settings = await loadSamplerSettings(dataFolder);
  const client = new SamplerClient({
    client: 'window',
    samplerFile: path.join(context.extensionPath, 'dist', 'sampler.js'),
    runtimeDirectory: runtimeDirectory(),
    dataDirectory: dataFolder,
    writesLog: true,
    config: settings.config,
    onForeignConfig: 'apply',
    translate: vscode.l10n.t,
  });
  leave = () => client.stop({ endIfLast: false });
  const status = new StatusItem(client, readWindowSettings().settings);
  let { temperatureUnit } = readWindowSettings().settings;
  const onTemperatureUnit = new vscode.EventEmitter<void>();
  const dashboard: DashboardContext = {
    source: new SamplerSource(client),
    open: new OpenDashboards(),
    extensionUri: context.extensionUri,
    memory: context.globalState,
    showCores: () => readWindowSettings().settings.dashboard.showCores,
    temperatureUnit: () => temperatureUnit,
    onTemperatureUnit: onTemperatureUnit.event,
  };
  const panels = new DashboardPanels(dashboard);
  const view = new DashboardView(dashboard);
  const uploads = new Uploads(
    {
      client,
      secrets: context.secrets,
      dataFolder,
      readConfig: async () => (await loadSamplerSettings(dataFolder)).config,
    },
    context.globalState,
    line => log.write(line),
  );
  const applyWindowSettings = (): void => {
    const { settings: own, problems, template } = readWindowSettings();
    for (const message of problems) log.write({ level: 'warn', message });
    status.configure(own, template);
    if (own.temperatureUnit === temperatureUnit) return;
    temperatureUnit = own.temperatureUnit;
    onTemperatureUnit.fire();
  };
  applyWindowSettings();

  const commands = new Commands({
    async start() {
      await context.workspaceState.update(STOPPED_KEY, false);
      client.start({ isManual: true });
    },
    async stop() {
      await context.workspaceState.update(STOPPED_KEY, true);
      await client.stop({ endIfLast: true });
    },
    openDashboard() {
      panels.open();
    },
    newDashboard() {
      panels.openAnother();
    },
    exportDashboardPng: () => exportDashboard(dashboard.open.shown, 'png'),
    exportDashboardCsv: () => exportDashboard(dashboard.open.shown, 'csv'),
    copyDashboardSummary: () => copyDashboardSummary(dashboard.open.shown),
    showLog() {
      log.show();
    },
    async openLogFolder() {
      const config = client.sampler?.config ?? settings.config;
      await openLogFolder(config.logging.logDirectory, client.status?.log.file);
    },
    async copyDiagnostics() {
      await vscode.env.clipboard.writeText(diagnosticsText(client, diagnosticsContext(client, settings)));
      vscode.window.setStatusBarMessage(vscode.l10n.t('OptiMetrics: diagnostics copied'), 3_000);
    },
    correctWorkload: () => correctWorkload(client),
    forgetWorkloadCorrections: () => forgetCorrections(client),
    async openWalkthrough() {
      const walkthrough = `${context.extension.id}#start`;
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
    },
    ...uploads.commands,
  });

  const onLog = client.onLog(line => {
    log.write(line);
  });
  const onSettings = vscode.workspace.onDidChangeConfiguration(async change => {
    if (!concernsUs(change)) return;
    applyWindowSettings();
    settings = await loadSamplerSettings(dataFolder);
    reportSettings(settings, log);
    void uploads.configure(settings.config);
    await client.configure(settings.config).catch((error: unknown) => {
      log.write({
        level: 'warn',
        message: error instanceof Error ? error.message : 'the sampler refused the settings',
      });
    });
  });
  context.subscriptions.push(
    ...[log, status, panels, view, uploads, commands, onLog, onSettings, onTemperatureUnit],
  );

  reportSettings(settings, log);
  void uploads.configure(settings.config);
  if (context.workspaceState.get(STOPPED_KEY) !== true) client.start({ isManual: false });
  log.write({ level: 'info', message: `activated in ${(performance.now() - startedAt).toFixed(1)} ms` });
}

/** Called by VS Code before the window closes or reloads. */
export async function deactivate(): Promise<void> {
  await leave?.();
}

function reportSettings({ config, problems, notices }: LoadedSettings, log: LogChannel): void {
  log.threshold = logThreshold(config.debug);
  for (const message of notices) log.write({ level: 'info', message });
  for (const message of problems) log.write({ level: 'warn', message });
  const [first, ...others] = problems;
  if (first === undefined) return;
  const text =
    others.length === 0
      ? `OptiMetrics: ${first}`
      : vscode.l10n.t('OptiMetrics: {0} (and {1} more)', first, others.length);
  void vscode.window.showWarningMessage(text, vscode.l10n.t('Show Log')).then(choice => {
    if (choice !== undefined) log.show();
  });
}

function diagnosticsContext(client: SamplerClient, { problems }: LoadedSettings) {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  return {
    vscodeVersion: vscode.version,
    // Whoever reads a bug report may not read the user's language.
    machine: watchedMachine(client.status, english),
    isTrusted: vscode.workspace.isTrusted,
    changedSettings: SETTING_KEYS.map(key => key.setting).filter(
      setting => section.inspect(setting)?.globalValue !== undefined,
    ),
    problems: problems.length,
  };
}
