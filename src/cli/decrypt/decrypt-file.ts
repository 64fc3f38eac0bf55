import fs from 'node:fs';
import path from 'node:path';
import { type Content, SEALED_SUFFIX } from '../../sync/envelope/content.ts';
import { type OpeningKeys, unseal } from '../../sync/envelope/unseal.ts';
import { NewFile } from './new-file.ts';

export interface DecryptOptions {
  readonly keys: OpeningKeys;
  /** Folder to write to. */
  readonly folder: string;
  /** What the file has to hold; anything when left out. */
  readonly format: Content | undefined;
  /** Told of a file before anything is written to it, so that it can be removed when the process is ended. */
  readonly onBegin: (file: NewFile) => void;
}

/** The file holds something else than was asked for. */
export class WrongContentError extends Error {
  override readonly name = 'WrongContentError';
}

/**
 * Opens a sealed file and writes what it holds. Rejects, and leaves no file, with an EnvelopeError when it cannot be opened,
 * with a {@link WrongContentError}, or with the system's error.
 *
 * @returns path of what was written
 */
export async function decryptFile(file: string, options: DecryptOptions): Promise<string> {
  const source = fs.createReadStream(file, { highWaterMark: 2 ** 18 });
  let output: NewFile | undefined;
  try {
    const { content, plaintext } = await unseal(source as AsyncIterable<Buffer>, options.keys);
    if (options.format !== undefined && content !== options.format)
      throw new WrongContentError(
        `it holds ${content}, not ${options.format}; leave --format out to have that`,
      );
    const target = path.join(options.folder, outputName(path.basename(file), content));
    output = new NewFile(target);
    options.onBegin(output);
    for await (const bytes of plaintext) output.write(bytes);
    output.complete();
    return target;
  } finally {
    source.destroy();
    output?.discard();
  }
}

/** The name without the ending of sealed files, and with that of what the file holds. */
export function outputName(name: string, content: Content): string {
  const plain = name.endsWith(SEALED_SUFFIX) ? name.slice(0, -SEALED_SUFFIX.length) : name;
  const ending = content === 'bytes' ? '' : `.${content}`;
  const named = plain.endsWith(ending) ? plain : `${plain}${ending}`;
  // A name that says nothing of either would be that of the sealed file itself.
  return named === name || named === '' ? `${name}.opened` : named;
}
