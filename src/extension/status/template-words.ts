import { nearest } from '../../common/config/suggest.ts';
import { formatNames } from '../../common/status-template/formats.ts';
import { LONGEST_TEMPLATE, type TemplateFault } from '../../common/status-template/parse.ts';
import { TOKEN_NAMES } from '../../common/status-template/tokens.ts';
import { printable } from '../../common/config/problem.ts';
import { t } from '../l10n.ts';

/** Says in a sentence or two what is wrong with a template, where, and what to do. */
export function templateFaultText(fault: TemplateFault): string {
  switch (fault.kind) {
    case 'empty':
      return t('The template is empty. Turn off statusBar.enabled to hide the item.');
    case 'tooLong':
      return t('The template is longer than {0} characters.', LONGEST_TEMPLATE);
    default:
      return t('Character {0} of the template: {1}', fault.at, reason(fault, fault.kind));
  }
}

function reason(fault: TemplateFault, kind: Exclude<TemplateFault['kind'], 'empty' | 'tooLong'>): string {
  switch (kind) {
    case 'control':
      return t('a control character, such as a line break, cannot be shown.');
    case 'token': {
      const meant = nearestToken(fault.text);
      const name = `{${printable(fault.text)}}`;
      return meant === undefined
        ? t('there is no value {0}; docs/status-bar.md lists them. Write {1} for a brace.', name, '{{')
        : t('there is no value {0}. Did you mean {1}?', name, `{${meant}}`);
    }
    case 'format': {
      const formats = fault.tokenKind === undefined ? [] : formatNames(fault.tokenKind);
      const format = printable(fault.format ?? '');
      return formats.length === 0
        ? t('{0} has no formats; write {1}.', fault.text, `{${fault.text}}`)
        : t('{0} has no format “{1}”, but {2}.', fault.text, format, formats.join(', '));
    }
    case 'openBrace':
      return t('{0} is not closed. Write {1} after the name, or {2} for a brace.', '{', '}', '{{');
    case 'closingBrace':
      return t('{0} closes nothing. Write {1} for a brace.', '}', '}}');
    case 'openBracket':
      return t('{0} is not closed. Write {1} after the part, or {2} for a bracket.', '[', ']', '[[');
    case 'closingBracket':
      return t('{0} closes nothing. Write {1} for a bracket.', ']', ']]');
    case 'nested':
      return t('a part in brackets cannot be in another one. Write {0} for a bracket.', '[[');
    case 'constant':
      return t('the part in brackets has no value that could be missing. Write {0} for a bracket.', '[[');
  }
}

/** The token that was probably meant. Names are compared without regard to capitals, as they are written in camelCase. */
function nearestToken(name: string): string | undefined {
  const flat = new Map(TOKEN_NAMES.map(known => [known.toLowerCase(), known]));
  const found = nearest(name.toLowerCase(), [...flat.keys()]);
  return found === undefined ? undefined : flat.get(found);
}
