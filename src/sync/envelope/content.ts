/**
 * What a sealed file holds, as its header says: by this a reader names the file that it writes. A kind that a reader does
 * not know is one of `bytes`.
 */
export const CONTENTS = ['bytes', 'csv', 'parquet', 'parquet.gz'] as const;

export type Content = (typeof CONTENTS)[number];

/** Ending of the names of sealed files. */
export const SEALED_SUFFIX = '.sealed';
