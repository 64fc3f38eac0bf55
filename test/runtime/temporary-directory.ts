import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** A fresh folder with a short path, removed with all that is in it after the test. */
export function temporaryDirectory(t: Pick<TestContext, 'after'>): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'om-'));
  t.after(() => {
    fs.rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}
