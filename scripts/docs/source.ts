/** Where a metric is read: a text, or with what it takes besides; or why it is not. */
export type Source =
  string | { readonly from: string; readonly privilege: string } | { readonly unsupported: string };

/** Platforms that the metrics of the system are read on. */
export const PLATFORMS = ['Linux', 'Windows', 'macOS'] as const;

/** What metrics of GPUs are read through: a vendor's own way, and on Windows that of any vendor. */
export const GPU_PLATFORMS = ['NVIDIA', 'AMD', 'Intel', 'Apple', 'Windows'] as const;

export type Sources<Platform extends string> = Readonly<Record<Platform, Source>>;

/** Sources by the metric's name in the metric table. */
export type SystemSources = Readonly<Record<string, Sources<(typeof PLATFORMS)[number]>>>;
export type GpuSources = Readonly<Record<string, Sources<(typeof GPU_PLATFORMS)[number]>>>;

/** A source that takes a right which not everybody has. */
export function needs(privilege: string, from: string): Source {
  return { from, privilege };
}

/** A metric that is `unsupported` there; empty where the reason is that nothing tells it. */
export function none(why = ''): Source {
  return { unsupported: why };
}
