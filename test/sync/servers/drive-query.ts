/** A file or folder, as Drive's `files` resource has it; only what is looked at here. */
export interface DriveFile {
  readonly id: string;
  name: string;
  readonly mimeType: string;
  parents: readonly string[];
  readonly appProperties: Readonly<Record<string, string>>;
  readonly createdMs: number;
  /** `undefined` for a folder. */
  bytes: Buffer | undefined;
  isTrashed: boolean;
  /** Made by another program: nobody sees it with the scope `drive.file`. */
  readonly isForeign: boolean;
}

export const FOLDER = 'application/vnd.google-apps.folder';

export type Test = (file: DriveFile) => boolean;

/**
 * Reads a search query (`q` of files.list): clauses joined by `and`, of the forms that this program may use. `trashed` is
 * told by the caller, because a file in a trashed folder is trashed as well.
 *
 * @returns `undefined` for what Drive would not understand
 */
export function readQuery(query: string, isTrashed: Test): Test | undefined {
  const tests: Test[] = [];
  for (let rest = query; ;) {
    const [clause, test] = readClause(rest, isTrashed);
    if (clause === undefined || !test) return undefined;
    tests.push(test);
    rest = rest.slice(clause.length);
    if (rest === '') return file => tests.every(one => one(file));
    if (!rest.startsWith(' and ')) return undefined;
    rest = rest.slice(' and '.length);
  }
}

const TEXT = String.raw`'((?:[^'\\]|\\['\\])*)'`;
const PROPERTY = new RegExp(`^appProperties has \\{ ?key=${TEXT} and value=${TEXT} ?\\}`);
const COMPARED = new RegExp(`^(name|mimeType) (=|!=) ${TEXT}`);
const PARENT = new RegExp(`^${TEXT} in parents`);
const TRASHED = /^trashed ?= ?(true|false)/;

function readClause(text: string, isTrashed: Test): [string?, Test?] {
  const plain = (quoted = ''): string => quoted.replaceAll(/\\(['\\])/g, '$1');
  const property = PROPERTY.exec(text);
  if (property) {
    const [key, value] = [plain(property[1]), plain(property[2])];
    return [property[0], file => file.appProperties[key] === value];
  }
  const compared = COMPARED.exec(text);
  if (compared) {
    const [field, wanted] = [compared[1] as 'name' | 'mimeType', plain(compared[3])];
    return [compared[0], file => (file[field] === wanted) === (compared[2] === '=')];
  }
  const parent = PARENT.exec(text);
  if (parent) return [parent[0], file => file.parents.includes(plain(parent[1]))];
  const trashed = TRASHED.exec(text);
  if (trashed) return [trashed[0], file => isTrashed(file) === (trashed[1] === 'true')];
  return [];
}
