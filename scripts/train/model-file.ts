import fs from 'node:fs';
import path from 'node:path';
import type { WorkloadModel } from '../../src/classify/model.ts';

/** Where the model is stored. */
export const MODEL_FILE = path.join(import.meta.dirname, '..', '..', 'configs', 'workload-model.json');

/** The model as text: a line a row, so that a change shows where it is. */
export function modelText(model: WorkloadModel): string {
  const lines = Object.entries(model).map(([key, value]) => {
    const isTable = Array.isArray(value) && value.length > 0 && typeof value[0] === 'object';
    const text = isTable
      ? `[\n${(value as unknown[]).map(row => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]`
      : JSON.stringify(value);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

export function writeModel(model: WorkloadModel): void {
  fs.writeFileSync(MODEL_FILE, modelText(model));
}
