import { KeyRing, type RingKey } from '../../../../src/sync/keys/key-ring.ts';
import type { KeyStore } from '../../../../src/sync/keys/key-store.ts';

/** Keys in memory, as the extension hands them to the sampler. */
export class MemoryKeys implements KeyStore {
  #ring = new KeyRing([]);

  get ring(): KeyRing {
    return this.#ring;
  }

  load(): Promise<KeyRing> {
    return Promise.resolve(this.#ring);
  }

  add(keys: readonly RingKey[]): Promise<void> {
    this.#ring = new KeyRing([...this.#ring.keys, ...keys]);
    return Promise.resolve();
  }
}
