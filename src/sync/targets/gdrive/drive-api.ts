import * as v from 'valibot';
import type { HttpClient, HttpReply, HttpRequest } from '../../http/http-client.ts';
import type { AccessTokens } from '../../oauth/access-tokens.ts';
import { PassingFault } from '../faults.ts';
import { driveFault, jsonOf, PARTY, senselessAnswer } from './drive-fault.ts';

/** Where Drive v3 is. Constants of the program: a setting could lead tokens astray. */
export interface DriveEndpoints {
  readonly files: string;
  readonly upload: string;
}

export const GOOGLE_DRIVE: DriveEndpoints = {
  files: 'https://www.googleapis.com/drive/v3/files',
  upload: 'https://www.googleapis.com/upload/drive/v3/files',
};

export const FOLDER = 'application/vnd.google-apps.folder';

/** What is looked at of a file; `size` and `md5Checksum` are missing for folders. */
export const FILE_FIELDS = 'id,size,md5Checksum,trashed';

const ID = v.pipe(v.string(), v.regex(/^[\w-]{1,256}$/));
const FILE = v.object({
  id: ID,
  size: v.optional(v.string()),
  md5Checksum: v.optional(v.string()),
  trashed: v.optional(v.boolean(), false),
});
const PAGE = v.object({ files: v.array(FILE), nextPageToken: v.optional(v.string()) });
const IDS = v.object({ ids: v.pipe(v.array(ID), v.minLength(1)) });

export type DriveFile = v.InferOutput<typeof FILE>;

/** Metadata of a file or folder that is made (the `files` resource). */
export interface Metadata {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly parents?: readonly string[];
  readonly appProperties: Readonly<Record<string, string>>;
}

export const JSON_TYPE = 'application/json; charset=UTF-8';
const IDS_AT_ONCE = 10;
/** What is looked for is there once, or a few times: endless pages are no answer. */
const MOST_PAGES = 50;

/**
 * The requests to Drive v3. Each rejects with the faults of `driveFault` for answers that are not dealt with here, and as the
 * HTTP client and the access tokens do.
 */
export class DriveApi {
  readonly endpoints: DriveEndpoints;
  readonly #http: HttpClient;
  readonly #tokens: AccessTokens;
  #ids: string[] = [];

  constructor(http: HttpClient, tokens: AccessTokens, endpoints: DriveEndpoints) {
    this.#http = http;
    this.#tokens = tokens;
    this.endpoints = endpoints;
  }

  /** Sends a request with an access token, and forgets the token when it is not wanted. */
  async attempt(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const token = await this.#tokens.get(signal);
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const reply = await this.#http.request({ ...request, headers, signal });
    if (reply.status === 401) this.#tokens.invalidate(token);
    return reply;
  }

  /** Sends a request; once more, with a new access token, when the first was not wanted. */
  async request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const reply = await this.attempt(request, signal);
    return reply.status === 401 ? this.attempt(request, signal) : reply;
  }

  /** What has a mark, the oldest first; what is in the trash only when it is asked for. */
  async list(mark: string, signal: AbortSignal, withTrash = false): Promise<DriveFile[]> {
    const found: DriveFile[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = `appProperties has { key='${MARK}' and value='${mark}' }`;
      const url = this.#address({
        q: withTrash ? query : `${query} and trashed = false`,
        spaces: 'drive',
        orderBy: 'createdTime',
        fields: `nextPageToken,files(${FILE_FIELDS})`,
        ...(pageToken !== undefined && { pageToken }),
      });
      const { files, nextPageToken } = await this.#json({ method: 'GET', url }, PAGE, signal);
      found.push(...files);
      if (nextPageToken === undefined) return found;
      pageToken = nextPageToken;
    }
    throw new PassingFault(`${PARTY} has no end of pages for one file`);
  }

  /** `undefined` when there is none of that id. */
  async get(id: string, signal: AbortSignal): Promise<DriveFile | undefined> {
    const reply = await this.request(
      { method: 'GET', url: this.#address({ fields: FILE_FIELDS }, id) },
      signal,
    );
    return reply.status === 404 ? undefined : readAs(FILE, reply);
  }

  /** Deletes for good, past the trash. Resolves as well when it is not there. */
  async delete(id: string, signal: AbortSignal): Promise<void> {
    const reply = await this.request({ method: 'DELETE', url: this.#address({}, id) }, signal);
    if (reply.status !== 404 && (reply.status < 200 || reply.status > 299)) throw driveFault(reply);
  }

  /** Asks for a folder to be made; what came of it is for the caller to see. */
  createFolder(metadata: Metadata, signal: AbortSignal): Promise<HttpReply> {
    const request = {
      method: 'POST',
      url: this.#address({ fields: 'id' }),
      headers: { 'content-type': JSON_TYPE },
      body: Buffer.from(JSON.stringify(metadata)),
    };
    return this.request(request, signal);
  }

  /**
   * An id for a file that is to be made. With an id of its own a file cannot be made twice, whatever becomes of the answer.
   */
  async takeId(signal: AbortSignal): Promise<string> {
    if (this.#ids.length === 0) {
      const url = this.#address(
        { count: String(IDS_AT_ONCE), space: 'drive', type: 'files', fields: 'ids' },
        'generateIds',
      );
      this.#ids = (await this.#json({ method: 'GET', url }, IDS, signal)).ids;
    }
    const id = this.#ids.shift();
    if (id === undefined) throw senselessAnswer();
    return id;
  }

  close(): void {
    this.#http.close();
  }

  async #json<S extends v.GenericSchema>(
    request: HttpRequest,
    schema: S,
    signal: AbortSignal,
  ): Promise<v.InferOutput<S>> {
    return readAs(schema, await this.request(request, signal));
  }

  #address(parameters: Readonly<Record<string, string>>, id?: string): URL {
    const url = new URL(id === undefined ? this.endpoints.files : `${this.endpoints.files}/${id}`);
    url.search = new URLSearchParams(parameters).toString();
    return url;
  }
}

/** Key of the property by which our files are found again; its value is a hash of the path. */
export const MARK = 'optimetrics';

/** A file in the answer to an upload. @throws TargetFault when there is none */
export function fileOf(reply: HttpReply): DriveFile {
  return readAs(FILE, reply);
}

function readAs<S extends v.GenericSchema>(schema: S, reply: HttpReply): v.InferOutput<S> {
  if (reply.status !== 200 && reply.status !== 201) throw driveFault(reply);
  const read = v.safeParse(schema, jsonOf(reply.body));
  if (!read.success) throw senselessAnswer();
  return read.output;
}
