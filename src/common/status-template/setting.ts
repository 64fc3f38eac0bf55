import * as v from 'valibot';
import type { ValueKind } from '../config/value.ts';
import { LONGEST_TEMPLATE, parseTemplate } from './parse.ts';
import { templatePattern } from './pattern.ts';

/** A status bar template, as a setting. */
export function template(): ValueKind<string> {
  return {
    schema: v.pipe(
      v.string(),
      v.check(value => parseTemplate(value).ok),
    ),
    expected: `a template of at most ${String(LONGEST_TEMPLATE)} characters with tokens such as {cpu} and {ram:gib}`,
    json: {
      type: 'string',
      minLength: 1,
      maxLength: LONGEST_TEMPLATE,
      pattern: templatePattern(),
      patternErrorMessage:
        'Not a template: there is a wrong token, format or bracket. The status bar says which and where. Write {{ }} [[ ]] for braces and brackets.',
    },
    isPrivate: false,
  };
}
