/** Makes a text show as it is, in one line: no markup, links, icons or table cells of its own. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/^ +/, '')
    .replace(/[\\`*_{}[\]()#+\-.!|<>$~&:@=]/g, '\\$&');
}

/** A link that runs a command. */
export interface CommandLink {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly string[];
}

/** A link that runs a command, as Markdown. It works where the tooltip trusts the command. */
export function commandLink({ title, command, args }: CommandLink): string {
  const query = args ? `?${encodeURIComponent(JSON.stringify(args))}` : '';
  return `[${escapeMarkdown(title)}](command:${command}${query})`;
}
