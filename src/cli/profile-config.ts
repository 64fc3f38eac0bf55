import fs from 'node:fs';
import path from 'node:path';
import type { ClassifierOptions } from '../classify/classifier.ts';
import { formatProblem } from '../common/config/problem.ts';
import { DEFAULT_CONFIG, withOverlay } from '../common/config/schema.ts';
import { sizeProblem } from '../common/config/size.ts';
import { parseYamlConfig } from '../common/config/yaml.ts';
import { describeFault } from '../common/faults.ts';
import { UsageError } from './usage.ts';

/** The options of a classifier that a configuration says. */
export type ConfiguredOptions = Omit<ClassifierOptions, 'model' | 'corrections'>;

/**
 * How `optimetrics classify` classifies: by `session_classification` of a configuration file, or by a file that holds
 * profiles and nothing else. What is wrong in it is told, a line each, and the rest is used.
 *
 * @param given the path as the user gave it; undefined for the defaults
 * @throws UsageError when the file cannot be read
 */
export function profileConfig(given: string | undefined, tell: (line: string) => void): ConfiguredOptions {
  const { sessionClassification } = given === undefined ? DEFAULT_CONFIG : read(given, tell);
  return {
    categories: sessionClassification.categories,
    confidenceThreshold: sessionClassification.confidenceThreshold,
    updateIntervalSeconds: sessionClassification.updateInterval,
    profiles: sessionClassification.profiles,
  };
}

function read(given: string, tell: (line: string) => void) {
  let text: string;
  try {
    const tooLarge = sizeProblem(fs.statSync(given).size, path.basename(given));
    if (tooLarge) throw new UsageError(formatProblem(tooLarge));
    text = fs.readFileSync(given, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `--profile ${given}: ${describeFault(error)}; give the path of a YAML file that can be read`,
    );
  }
  const { config, problems, notices } = parseYamlConfig(text, path.basename(given), { mayBeProfiles: true });
  for (const problem of [...problems, ...notices]) tell(formatProblem(problem));
  return withOverlay(DEFAULT_CONFIG, config);
}
