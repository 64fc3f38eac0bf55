import fs from 'node:fs';
import path from 'node:path';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import { ROOT } from '../lib/paths.mjs';

/** Where the fixtures are. */
export const FIXTURES = path.join(ROOT, 'test', 'fixtures', 'sysroot');

/** A folder of files that stands in for `/`. */
export class FileTree {
  readonly sysroot: Sysroot;
  readonly #fixtures: string;

  /**
   * @param root an absolute path; it has to be there, and nothing removes it
   * @param fixtures for a program that runs from elsewhere, where they are
   */
  constructor(root: string, fixtures = FIXTURES) {
    this.sysroot = new Sysroot(root);
    this.#fixtures = fixtures;
  }

  /** Puts a stage of a fixture over the tree: `workstation/first`. */
  apply(stage: string): this {
    this.#copy(path.join(this.#fixtures, stage), this.sysroot.root);
    return this;
  }

  /** Plugs in the card of a GPU's fixture. (File names of fixtures have no colons, which PCI addresses have.) */
  plugCard(fixture: string, address: string): this {
    this.apply(`${fixture}/first`);
    fs.renameSync(this.sysroot.path('/sys/devices/card'), this.sysroot.path(`/sys/devices/${address}`));
    return this.link(`/sys/bus/pci/devices/${address}`, `../../../devices/${address}`);
  }

  /** Writes a file in place, so that a descriptor that is open on it sees the new content. */
  write(file: string, content: string | Uint8Array): this {
    const target = this.sysroot.path(file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
    return this;
  }

  link(file: string, target: string): this {
    const at = this.sysroot.path(file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.symlinkSync(target, at);
    return this;
  }

  /** `cp` would replace files and so leave open descriptors on the old ones. */
  #copy(from: string, to: string): void {
    fs.mkdirSync(to, { recursive: true });
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
      const source = path.join(from, entry.name);
      const target = path.join(to, entry.name);
      if (entry.isDirectory()) this.#copy(source, target);
      else if (entry.isSymbolicLink()) {
        fs.rmSync(target, { force: true });
        fs.symlinkSync(fs.readlinkSync(source), target);
      } else fs.writeFileSync(target, fs.readFileSync(source));
    }
  }
}
