import { once } from 'node:events';
import { codeOf } from '../../common/faults.ts';
import { EXIT } from '../usage.ts';

/** Room for what is written together. */
const PIECE = 65_536;

/** Standard output for much text: written in large pieces, no faster than it is taken. */
export class Output {
  #text = '';

  constructor() {
    process.stdout.on('error', (error: unknown) => {
      // Whoever read it has had enough, as “head” has.
      if (codeOf(error) === 'EPIPE') process.exit(EXIT.done);
      throw error;
    });
  }

  /** Adds text; resolves when more can be taken. */
  async write(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= PIECE) await this.flush();
  }

  /** Hands on what there is. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}
