/** No-break spaces as plain ones. */
export function normalize(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
