import * as v from 'valibot';
import { PROFILE_METRICS, type Profiles, UNKNOWN } from '../workload.ts';
import { printable } from './problem.ts';
import { nearest } from './suggest.ts';
import type { Salvaged, ValueKind } from './value.ts';

/** Names that mean something else: having no answer, and what every object of JavaScript has. */
const TAKEN: readonly string[] = [UNKNOWN, 'constructor', 'prototype'];
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const MOST_PROFILES = 32;
const METRICS = Object.keys(PROFILE_METRICS);

const RANGE = v.pipe(
  v.tuple([v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite())]),
  v.check(([least, most]) => least <= most),
);
const SCHEMA = v.pipe(
  v.record(
    v.pipe(
      v.string(),
      v.regex(NAME),
      v.check(name => !TAKEN.includes(name)),
    ),
    v.pipe(
      v.record(v.picklist(METRICS), RANGE),
      v.check(ranges => Object.keys(ranges).length > 0),
    ),
  ),
  v.check(profiles => Object.keys(profiles).length <= MOST_PROFILES),
);

/** Profiles of workloads: class → metric → least and greatest value. A bad one costs itself only. */
export function profiles(): ValueKind<Profiles> {
  return {
    schema: SCHEMA,
    expected: `at most ${String(MOST_PROFILES)} classes, each with metrics and their ranges, as in "rendering: {gpu_utilization: [70, 100]}"; metrics are ${METRICS.join(', ')}`,
    json: {
      type: 'object',
      propertyNames: { pattern: NAME.source },
      maxProperties: MOST_PROFILES,
      additionalProperties: {
        type: 'object',
        properties: Object.fromEntries(
          METRICS.map(metric => [
            metric,
            { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
          ]),
        ),
        additionalProperties: false,
        minProperties: 1,
      },
    },
    isPrivate: false,
    salvage,
  };
}

function salvage(given: unknown): Salvaged<Profiles> | undefined {
  if (!isGroup(given)) return undefined;
  const value: Record<string, Profiles[string]> = {};
  const issues: { path: readonly string[]; message: string }[] = [];
  for (const [name, ranges] of Object.entries(given)) {
    const issue = issueOf(name, ranges);
    if (issue) issues.push(issue);
    else if (Object.keys(value).length === MOST_PROFILES)
      issues.push({ path: [name], message: `is one of more than ${String(MOST_PROFILES)} profiles` });
    else value[name] = ranges as Profiles[string];
  }
  return { value, issues };
}

function issueOf(name: string, ranges: unknown): { path: readonly string[]; message: string } | undefined {
  const shown = printable(name);
  if (!NAME.test(name))
    return {
      path: [shown],
      message: 'must be a name of up to 40 lower-case letters, digits and _, a letter first',
    };
  if (TAKEN.includes(name)) return { path: [name], message: 'is a name that is taken; choose another' };
  if (!isGroup(ranges) || Object.keys(ranges).length === 0)
    return { path: [name], message: 'must hold metrics with ranges, as in gpu_utilization: [70, 100]' };
  for (const [metric, range] of Object.entries(ranges)) {
    const path = [name, printable(metric)];
    if (!METRICS.includes(metric)) {
      const near = nearest(metric, METRICS);
      return {
        path,
        message: `unknown metric; ${near === undefined ? `known are ${METRICS.join(', ')}` : `did you mean ${near}?`}`,
      };
    }
    if (!v.is(RANGE, range))
      return { path, message: 'must be a list of the least and the greatest value, as in [70, 100]' };
  }
  return undefined;
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
