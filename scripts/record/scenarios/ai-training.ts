import path from 'node:path';
import { ROOT } from '../../lib/paths.mjs';
import { nothing, type Scenario, versionOf } from '../scenario.ts';

/** Training on the processor; the programs go on by themselves. */
export function listAiTraining(): readonly Scenario[] {
  return [
    training(
      'train-numpy',
      'NumPy with OpenBLAS',
      ['python3-numpy', 'libopenblas0-pthread'],
      'a network of three layers learns made-up pictures in batches of 128, is tested and saved after each epoch',
    ),
    training(
      'train-sklearn',
      'scikit-learn',
      ['python3-sklearn'],
      'forests, boosted trees and small networks with varied parameters are fitted to a made-up table one after the other',
    ),
    training(
      'train-torch',
      'PyTorch',
      ['python3-torch'],
      'a convolutional network learns made-up pictures that another process loads, is tested and saved after each epoch',
    ),
  ];
}

/** A Python program beside this folder, which is as the scenario is called. */
function training(
  name: string,
  program: string,
  packages: readonly [string, ...string[]],
  driven: string,
): Scenario {
  return {
    name,
    class: 'ai_training',
    program,
    version: versionOf(packages[0]),
    packages,
    driven,
    open: nothing,
    drive: async desktop => {
      const seed = String(Math.round(desktop.between(0, 1e6)));
      await desktop.loop(() =>
        desktop.shell(`/usr/bin/python3 ${path.join(ROOT, 'scripts', 'record', `${name}.py`)} ${seed}`),
      );
    },
  };
}
