import { shownValue, toSnakeCase, type NamedKey } from './key.ts';
import { KEYS } from './schema.ts';

const HEAD = `\
# OptiMetrics configuration: every key with its default.
#
# Copy this file, change what you like, and name the copy with \`optimetrics run --config FILE\` or in the VS Code
# setting optimetrics.configFile. A key that is left out has its default, and VS Code's settings go before this file.
# This version acts on every key that has no other remark.
#
# A log_directory or a path of cloud.folder that is named here and relative starts at the folder of this file. Remove
# the line to keep the logs, or what is uploaded, in the data folder of OptiMetrics.
`;

/** The text of `configs/config.yaml`: a comment and the default for every key. */
export function documentedConfig(): string {
  const lines = [HEAD.trimEnd()];
  let above: readonly string[] = [];
  for (const key of KEYS) {
    const sections = key.path.slice(0, -1);
    sections.forEach((section, depth) => {
      if (above[depth] === section) return;
      above = [];
      if (depth === 0) lines.push('');
      lines.push(`${indent(depth)}${toSnakeCase(section)}:`);
    });
    above = sections;
    const margin = indent(sections.length);
    for (const remark of remarks(key)) lines.push(...wrap(remark, `${margin}# `));
    lines.push(...entry(key, margin));
  }
  return `${lines.join('\n')}\n`;
}

function remarks(key: NamedKey): string[] {
  const isObvious = key.kind.json['type'] === 'boolean' || key.kind.isPrivate;
  const range = isObvious ? '' : sentence(key.kind.expected);
  return [`${key.description} ${range}`.trim(), sentence(key.notice)].filter(remark => remark !== '');
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function entry(key: NamedKey, margin: string): string[] {
  const name = `${margin}${toSnakeCase(key.path.at(-1) ?? '')}:`;
  const { initial } = key;
  if (initial === '') return [`${name} ''`];
  if (!Array.isArray(initial)) return [`${name} ${shownValue(initial)}`];
  if (initial.length === 0) return [`${name} []`];
  return [name, ...initial.map(item => `${margin}  - ${String(item)}`)];
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

function wrap(text: string, prefix: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && prefix.length + line.length + 1 + word.length > 110) {
      lines.push(prefix + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, prefix + line];
}
