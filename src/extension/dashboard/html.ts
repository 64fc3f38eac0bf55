import type { Arrangement } from '../../common/arrangement.ts';
import type { TemperatureUnit } from '../../common/units.ts';

/** What the page of the dashboard is made of. */
export interface DashboardPage {
  /** Random text that marks our script as ours. */
  readonly nonce: string;
  /** The source that stands for the extension's own files: `webview.cspSource`. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** How it is laid out until the user has laid this one out. */
  readonly arrangement: Arrangement;
  /** In which temperatures are shown. */
  readonly temperatureUnit: TemperatureUnit;
  /** Language of the user interface, as BCP 47 names it. */
  readonly language: string;
  /** Its words, by the English ones. */
  readonly words: Readonly<Record<string, string>>;
}

/**
 * Hash of the empty text: allows style elements without contents, and no others. The toolkit adds one for a moment to
 * find out whether the browser knows `:focus-visible`.
 */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * The content security policy of the dashboard.
 *
 * Nothing is allowed but one script, known by its nonce, and style sheets out of the extension's own folder. Neither
 * the charts nor the toolkit needs more: Chart.js sets sizes through the CSS object model, and the toolkit's
 * components use constructed style sheets; a policy governs neither. So there is no `'unsafe-inline'`, no nonce for
 * styles, and no source of fonts, pictures or connections.
 */
export function contentSecurityPolicy(page: Pick<DashboardPage, 'nonce' | 'cspSource'>): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource} ${EMPTY_STYLE}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The page of the dashboard. The script fills it. */
export function dashboardHtml(page: DashboardPage): string {
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(page.language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeAttribute(contentSecurityPolicy(page))}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escapeAttribute(page.styleUri)}">
    <title>OptiMetrics</title>
  </head>
  <body>
    <div id="dashboard" data-arrangement="${escapeAttribute(JSON.stringify(page.arrangement))}" data-temperature-unit="${page.temperatureUnit}" data-words="${escapeAttribute(JSON.stringify(page.words))}"></div>
    <script nonce="${escapeAttribute(page.nonce)}" src="${escapeAttribute(page.scriptUri)}"></script>
  </body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}
