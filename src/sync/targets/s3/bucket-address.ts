import { isIP } from 'node:net';
import { s3Endpoint } from '../../../common/upload.ts';
import { RefusedFault } from '../faults.ts';
import { namesOf } from '../parcel-path.ts';

export interface BucketOptions {
  /** Of the store, `https://…`; empty for that of AWS in the region. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Part of what is signed; most stores that are not AWS take `us-east-1`, some want `auto` or a word of theirs. */
  readonly region: string;
  /** What all keys begin with, names parted by `/`; can be empty. */
  readonly prefix: string;
}

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;
const REGION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** Where the objects of a bucket are. */
export class BucketAddress {
  readonly region: string;
  /** Whether it is AWS, which has checksums of its own. */
  readonly isAws: boolean;
  readonly #base: URL;
  readonly #prefix: string;

  /**
   * Of AWS the bucket is asked by its own host (`bucket.s3.…`, virtual-host style), unless its name has dots, which the
   * certificate does not cover. Every other store is asked by path (`host/bucket`, path style), which needs nothing of its DNS,
   * unless the endpoint's host begins with the bucket's name already.
   *
   * @throws RefusedFault for what cannot be
   */
  constructor({ endpoint, bucket, region, prefix }: BucketOptions) {
    if (!BUCKET.test(bucket) || bucket.includes('..') || isIP(bucket) !== 0)
      throw new RefusedFault('the name of the S3 bucket is none', 'Set cloud.s3.bucket');
    if (!REGION.test(region)) throw new RefusedFault('the S3 region is none', 'Set cloud.s3.region');
    const base = baseOf(endpoint, region);
    this.region = region;
    this.isAws = /(^|\.)amazonaws\.com(\.cn)?$/.test(base.hostname);
    const isOwnHost = base.hostname.startsWith(`${bucket.toLowerCase()}.`);
    if (!isOwnHost && this.isAws && !bucket.includes('.')) base.hostname = `${bucket}.${base.hostname}`;
    else if (!isOwnHost) base.pathname += `${bucket}/`;
    this.#base = base;
    this.#prefix = prefixOf(prefix);
  }

  /** @throws RefusedFault for a path that OptiMetrics does not make */
  object(path: string): URL {
    namesOf(path);
    return new URL(this.#prefix + path, this.#base);
  }
}

function baseOf(endpoint: string, region: string): URL {
  const given = s3Endpoint({ endpoint, region });
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new RefusedFault(
      'the S3 endpoint is no address',
      'Set cloud.s3.endpoint to https://…, or leave it empty for AWS',
    );
  const base = new URL(given);
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function prefixOf(prefix: string): string {
  const bare = prefix.replace(/^\/+|\/+$/g, '');
  if (bare === '') return '';
  try {
    return `${namesOf(bare).join('/')}/`;
  } catch {
    throw new RefusedFault(
      'the S3 prefix has something else than letters, digits, “=”, “_”, “.”, “-” and “/”',
      'Correct cloud.s3.prefix',
    );
  }
}
