import type { HttpClient } from '../../http/http-client.ts';
import type { AccessTokens } from '../../oauth/access-tokens.ts';
import { PassingFault, RefusedFault } from '../faults.ts';
import { namesOf } from '../parcel-path.ts';
import type { Confirmation, Parcel, SendContext, Target } from '../target.ts';
import { DriveApi, type DriveEndpoints, type DriveFile, GOOGLE_DRIVE, MARK } from './drive-api.ts';
import { PARTY } from './drive-fault.ts';
import { DriveFolders, FolderGoneError, markOf, nameOf, parentOf } from './drive-folders.ts';
import { readNote, type UploadNote, writeNote } from './upload-note.ts';
import { beginSession, isOwnAddress, SessionGoneError, UploadSession } from './upload-session.ts';

export interface GdriveOptions {
  /** Of the folder in the user's Drive. */
  readonly folderName: string;
  readonly http: HttpClient;
  readonly tokens: AccessTokens;
  /** Google's when left out. */
  readonly endpoints?: DriveEndpoints;
  readonly nowMs?: () => number;
}

/** Sealed files are bytes without a type. */
const CONTENT_TYPE = 'application/octet-stream';
/** Sessions that may end in one send, and folders that may go, before the caller is left to try later. */
const MOST_BEGINNINGS = 3;
/** Files whose ids are remembered: those between being sent and being confirmed. */
const MOST_REMEMBERED = 1000;

/**
 * A folder in the user's Google Drive, with folders as the path of a parcel has them.
 *
 * Names are not unique there, the user may rename and move files, and search is behind: a file is found by a property that
 * only this program sees ({@link markOf}), and made with an id that was asked for before, so that it is made once, whatever
 * becomes of an answer. The scope `drive.file` sees nothing but files of ours.
 */
export function gdriveTarget(options: GdriveOptions): Target {
  return new GdriveTarget(options);
}

class GdriveTarget implements Target {
  readonly #api: DriveApi;
  readonly #folders: DriveFolders;
  readonly #folderName: string;
  readonly #nowMs: () => number;
  /** Ids by path: what has just been made need not be in a list yet. */
  readonly #ids = new Map<string, string>();

  constructor({ folderName, http, tokens, endpoints = GOOGLE_DRIVE, nowMs = Date.now }: GdriveOptions) {
    this.#api = new DriveApi(http, tokens, endpoints);
    this.#folders = new DriveFolders(this.#api, folderName);
    this.#folderName = folderName;
    this.#nowMs = nowMs;
  }

  async send(parcel: Parcel, context: SendContext): Promise<void> {
    if (this.#folderName === '')
      throw new RefusedFault('the folder in Google Drive has no name', 'Set cloud.gdrive.folder_name');
    const { signal, resume, onProgress } = context;
    namesOf(parcel.path);
    let note = readNote(resume.text, this.#nowMs());
    if (note?.session && !isOwnAddress(this.#api, note.session.address)) note = { id: note.id };
    let isNew = false;
    for (let beginnings = 0; ; beginnings++) {
      if (!note?.session) {
        if (await this.#isThere(parcel, note?.id ?? this.#ids.get(parcel.path), context)) break;
        note = await this.#begin(parcel, context);
        isNew = true;
      }
      if (note?.session && (await this.#transfer(parcel, note, note.session.address, isNew, context))) break;
      if (beginnings === MOST_BEGINNINGS)
        throw new PassingFault(`${PARTY} ends uploads before they are done`);
      // Another session, and the folders may be others: what came of this one is looked at first.
      note = note && { id: note.id };
      signal.throwIfAborted();
    }
    onProgress?.(parcel.bytes);
  }

  async confirm(parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
    const id = this.#ids.get(parcel.path);
    const file = id === undefined ? undefined : await this.#api.get(id, signal);
    if (file && !file.trashed) return isWhole(file, parcel) ? 'whole' : 'different';
    this.#ids.delete(parcel.path);
    const { whole, others } = await this.#find(parcel, signal);
    if (!whole) return others.length > 0 ? 'different' : 'missing';
    for (const other of others) await this.#api.delete(other.id, signal);
    return 'whole';
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    const ids = new Set((await this.#api.list(this.#markOf(path), signal, true)).map(({ id }) => id));
    const known = this.#ids.get(path);
    if (known !== undefined) ids.add(known);
    for (const id of ids) await this.#api.delete(id, signal);
    this.#ids.delete(path);
  }

  close(): void {
    this.#api.close();
  }

  /**
   * Whether the parcel is there already, under the id that it was to have or any other. What has its place and is not whole,
   * or is there a second time, is deleted.
   */
  async #isThere(parcel: Parcel, id: string | undefined, { signal, resume }: SendContext): Promise<boolean> {
    const made = id === undefined ? undefined : await this.#api.get(id, signal);
    const { whole, others } = await this.#find(parcel, signal, made?.trashed === false ? made : undefined);
    for (const other of others) await this.#api.delete(other.id, signal);
    if (!whole) return false;
    this.#remember(parcel.path, whole.id);
    await resume.keep(writeNote({ id: whole.id }));
    return true;
  }

  /** What is at the place of a parcel: one that is as it was sent, and what else there is. */
  async #find(
    parcel: Parcel,
    signal: AbortSignal,
    known?: DriveFile,
  ): Promise<{ whole: DriveFile | undefined; others: DriveFile[] }> {
    const listed = await this.#api.list(this.#markOf(parcel.path), signal);
    const files = known ? [known, ...listed.filter(({ id }) => id !== known.id)] : listed;
    const whole = files.find(file => isWhole(file, parcel));
    return { whole, others: files.filter(file => file !== whole) };
  }

  /** Begins an upload, and has the address of its session kept before a byte is sent. @returns nothing when the folder has gone */
  async #begin(parcel: Parcel, { signal, resume }: SendContext): Promise<UploadNote | undefined> {
    try {
      const folder = await this.#folders.idOf(parentOf(parcel.path), signal);
      const id = await this.#api.takeId(signal);
      const metadata = {
        id,
        name: nameOf(parcel.path),
        mimeType: CONTENT_TYPE,
        parents: [folder],
        appProperties: { [MARK]: this.#markOf(parcel.path) },
      };
      const address = await beginSession(this.#api, metadata, parcel.bytes, signal);
      const note = { id, session: { address, begunMs: this.#nowMs() } };
      await resume.keep(writeNote(note));
      return note;
    } catch (error) {
      if (!(error instanceof FolderGoneError)) throw error;
      this.#folders.forget();
      return undefined;
    }
  }

  /** Sends through a session. @returns false when it has to be begun anew */
  async #transfer(
    parcel: Parcel,
    { id }: UploadNote,
    address: string,
    isNew: boolean,
    context: SendContext,
  ): Promise<boolean> {
    const { signal, resume } = context;
    let answered: DriveFile;
    try {
      answered = await new UploadSession(this.#api, address, parcel).run(isNew, context);
    } catch (error) {
      const isOver = error instanceof SessionGoneError || error instanceof RefusedFault;
      if (isOver) await resume.keep(writeNote({ id }));
      // Where its folder was, another may be.
      if (error instanceof SessionGoneError) this.#folders.forget();
      else throw error;
      return false;
    }
    await resume.keep(writeNote({ id: answered.id }));
    const file = answered.md5Checksum === undefined ? await this.#api.get(answered.id, signal) : answered;
    if (file && !file.trashed && isWhole(file, parcel)) {
      this.#remember(parcel.path, file.id);
      return true;
    }
    // It went into a folder that is in the trash, or it is not what was sent.
    this.#folders.forget();
    await this.#api.delete(answered.id, signal);
    await resume.keep(undefined);
    if (file?.trashed === false)
      throw new PassingFault(`${PARTY} has stored other bytes than were sent; they were deleted`);
    return false;
  }

  #remember(path: string, id: string): void {
    this.#ids.delete(path);
    this.#ids.set(path, id);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > MOST_REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
  }

  #markOf(path: string): string {
    return markOf('file', this.#folderName, path);
  }
}

/** @throws PassingFault while Drive has not said what it has: on that, nothing may be deleted */
function isWhole({ size, md5Checksum }: DriveFile, { bytes, md5 }: Parcel): boolean {
  if (size !== String(bytes)) return false;
  if (md5Checksum === undefined) throw new PassingFault(`${PARTY} has not computed its checksum yet`);
  return md5Checksum.toLowerCase() === md5.toLowerCase();
}
