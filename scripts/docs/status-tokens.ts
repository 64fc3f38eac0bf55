import { formatNames } from '../../src/common/status-template/formats.ts';
import { GPU_TOKENS, MACHINE_TOKENS, type TokenInfo } from '../../src/common/status-template/tokens.ts';

/** The tokens of a status bar template as a Markdown table: what one writes, what it shows, its formats. */
export function statusTokensTable(): string {
  const rows = [
    ...Object.entries(MACHINE_TOKENS).map(([name, info]) => row(name, info)),
    ...Object.entries(GPU_TOKENS).map(([rest, info]) => row(`gpu0${rest}`, info)),
  ];
  return ['| value | what it is | formats |', '|---|---|---|', ...rows].join('\n');
}

function row(name: string, { kind, meaning }: TokenInfo): string {
  const formats = formatNames(kind).map(format => `\`${format}\``);
  return `| \`{${name}}\` | ${meaning} | ${formats.join(' ')} |`;
}
