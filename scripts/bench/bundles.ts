import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from '../lib/paths.mjs';

/** Size of a file that the package holds, in bytes. */
export interface BundleSize {
  /** Below `dist/`. */
  readonly file: string;
  readonly raw: number;
  readonly gzip: number;
  /** Bytes by where they come from, the largest first; empty for a file that esbuild did not make. */
  readonly origins: readonly { readonly name: string; readonly bytes: number }[];
}

/** esbuild's account of a bundle, as far as it is used. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

const PACKED = /\.(?:js|css|node)$/;

/** Measures what the build has written. */
export function measureBundles(): BundleSize[] {
  const origins = readOrigins();
  return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter(file => PACKED.test(file))
    .sort()
    .map(file => {
      const bytes = readFileSync(path.join(DIST, file));
      const name = file.split(path.sep).join('/');
      return {
        file: name,
        raw: bytes.length,
        gzip: gzipSync(bytes, { level: 9 }).length,
        origins: origins.get(`dist/${name}`) ?? [],
      };
    });
}

function readOrigins(): Map<string, BundleSize['origins']> {
  const folder = path.join(DIST, 'meta');
  const metafiles = readdirSync(folder).map(
    name => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Metafile,
  );
  return new Map(metafiles.flatMap(metafile => [...originsOf(metafile)]));
}

/** Adds up what each package, and our own code, brings into each output. */
export function originsOf({ outputs }: Metafile): Map<string, BundleSize['origins']> {
  return new Map(
    Object.entries(outputs).map(([file, { inputs }]) => {
      const sums = new Map<string, number>();
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const origin = originOf(input);
        sums.set(origin, (sums.get(origin) ?? 0) + bytesInOutput);
      }
      const sorted = [...sums].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
      return [file, sorted.filter(({ bytes }) => bytes > 0)];
    }),
  );
}

/** The package that a file belongs to, or `ours`. */
function originOf(input: string): string {
  const inPackage = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/?node_modules\/)/.exec(input);
  return inPackage?.[1] ?? 'ours';
}
