import type { Config } from '../common/config/schema.ts';
import type { MetricGroup } from '../common/metrics.ts';
import type { CollectionChoice } from './adapter-host.ts';

/** Cores up to which each has columns where nobody has decided: a row of the log stays below a few kB. */
const MOST_CORES_WITH_COLUMNS = 64;

/** What the configuration says about which metrics are collected. */
export function collectionChoice({ general }: Config): CollectionChoice {
  const collected: Readonly<Record<MetricGroup, boolean>> = {
    session: true,
    cpu: general.collectCpu,
    gpu: general.collectGpu,
    memory: general.collectRam,
    disk: general.collectDisk,
    network: general.collectNetwork,
  };
  const hasCoreColumns = (cores: number): boolean =>
    general.perCoreColumns === 'auto'
      ? cores <= MOST_CORES_WITH_COLUMNS
      : general.perCoreColumns === 'always';
  return (group, metric, counts) =>
    collected[group] &&
    (general.collectPower || metric?.unit !== 'W') &&
    (metric?.per !== 'core' || hasCoreColumns(counts?.core ?? 0));
}
