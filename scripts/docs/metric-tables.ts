import type { Metric, MetricGroup } from '../../src/common/metrics.ts';
import { markdownTable } from './markdown-table.ts';
import { GPU_PLATFORMS, type GpuSources, PLATFORMS, type Source, type SystemSources } from './source.ts';

const TITLES: Readonly<Record<MetricGroup, string>> = {
  session: 'Workload',
  cpu: 'CPU',
  gpu: 'GPU',
  memory: 'Memory',
  disk: 'Disk',
  network: 'Network',
};

/** Groups in the order of the document. */
const GROUPS = Object.keys(TITLES) as MetricGroup[];

/**
 * The metric table as Markdown: for each group what the columns mean, and where they are read.
 *
 * @throws Error when a metric has no sources, or sources have no metric
 */
export function metricTables(metrics: readonly Metric[], system: SystemSources, gpu: GpuSources): string {
  checkSources(metrics, system, gpu);
  return GROUPS.map(group => {
    const rows = metrics.filter(metric => metric.group === group);
    return [
      `### ${TITLES[group]}`,
      meanings(rows),
      group === 'gpu' ? origins(rows, GPU_PLATFORMS, gpu) : origins(rows, PLATFORMS, system),
    ].join('\n\n');
  }).join('\n\n');
}

function checkSources(metrics: readonly Metric[], system: SystemSources, gpu: GpuSources): void {
  const find = (isGpu: boolean): string[] =>
    metrics.filter(({ group }) => (group === 'gpu') === isGpu).map(({ name }) => name);
  for (const [file, names, sources, platforms] of [
    ['system-sources.ts', find(false), system, PLATFORMS],
    ['gpu-sources.ts', find(true), gpu, GPU_PLATFORMS],
  ] as const) {
    const strays = Object.keys(sources).filter(name => !names.includes(name));
    if (strays.length > 0)
      throw new Error(`scripts/docs/${file} has sources of no metric: ${strays.join(', ')}. Remove them.`);
    for (const name of names) {
      const known: Readonly<Record<string, Source>> = sources[name] ?? {};
      const missing = platforms.filter(platform => known[platform] === undefined);
      const others = Object.keys(known).filter(
        platform => !(platforms as readonly string[]).includes(platform),
      );
      if (missing.length > 0)
        throw new Error(`scripts/docs/${file} has no source of ${name} for ${missing.join(', ')}. Add it.`);
      if (others.length > 0)
        throw new Error(`scripts/docs/${file} has a source of ${name} for ${others.join(', ')}. Remove it.`);
    }
  }
}

function meanings(rows: readonly Metric[]): string {
  return markdownTable(
    ['column', 'unit', 'kind', 'contributed', 'meaning'],
    rows.map(({ name, unit, kind, contributed, meaning }) => [
      columnOf(name),
      unit,
      kind,
      contributed ? 'yes' : 'no',
      meaning,
    ]),
  );
}

function origins(
  rows: readonly Metric[],
  platforms: readonly string[],
  sources: Readonly<Record<string, Readonly<Record<string, Source>>>>,
): string {
  return markdownTable(
    ['column', ...platforms, 'privilege'],
    rows.map(({ name }) => {
      const all = platforms.map(platform => [platform, sources[name]?.[platform] ?? ''] as const);
      return [columnOf(name), ...all.map(([, source]) => sourceText(source)), privilegeText(all)];
    }),
  );
}

function sourceText(source: Source): string {
  if (typeof source === 'string') return source;
  if ('from' in source) return source.from;
  return source.unsupported === '' ? '–' : `– (${source.unsupported})`;
}

function privilegeText(all: readonly (readonly [platform: string, source: Source])[]): string {
  const privileged = all.flatMap(([platform, source]) =>
    typeof source === 'object' && 'privilege' in source ? [`${platform}: ${source.privilege}`] : [],
  );
  if (privileged.length > 0) return privileged.join('; ');
  const isRead = all.some(([, source]) => typeof source === 'string');
  return isRead ? 'none' : '';
}

function columnOf(name: string): string {
  return `\`${name.replace('{n}', 'N')}\``;
}
