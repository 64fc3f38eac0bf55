import './main.css';
import './layout/layout.css';
import './card/card.css';
import './tiles/tiles.css';
import './heat-map/heat-map.css';
import './tables/tables.css';
import './toolbar/export-menu.css';
import './icons/icons.css';
import './workload/workload.css';
import './sessions/sessions.css';
import { parseArrangement } from '../src/common/arrangement.ts';
import { Dashboard } from './dashboard.ts';
import { ShownUnits } from './data/shown-units.ts';
import { Host, type VsCodeApi } from './host.ts';
import { setBundle } from './l10n.ts';
import { setTemperatureUnit, temperatureUnit } from './temperature.ts';
import { themeOf, watchTheme } from './theme.ts';
import { defineToolkit } from './toolkit.ts';

declare function acquireVsCodeApi(): VsCodeApi;

const root = document.getElementById('dashboard');
if (!root) throw new Error('The page has no element for the dashboard.');

setBundle(JSON.parse(root.dataset['words'] ?? '{}') as Readonly<Record<string, string>>);
setTemperatureUnit(root.dataset['temperatureUnit'] === 'fahrenheit' ? 'fahrenheit' : 'celsius');
defineToolkit();
const kept = parseArrangement(JSON.parse(root.dataset['arrangement'] ?? 'null'));
const host = new Host(acquireVsCodeApi(), kept ?? { places: [], cores: 'all' });
const dashboard = new Dashboard(root, host, themeOf(document));
watchTheme(document, () => {
  dashboard.setTheme(themeOf(document));
});
const units = new ShownUnits(temperatureUnit());
host.listen(message => {
  dashboard.receive(units.shown(message));
});
// Which dashboard a command is about that comes from the palette.
for (const event of ['focus', 'pointerdown'])
  window.addEventListener(event, () => {
    host.post({ type: 'used' });
  });
const tellShown = (): void => {
  host.post({ type: 'shown', isShown: !document.hidden });
};
document.addEventListener('visibilitychange', tellShown);
host.post({ type: 'ready' });
if (document.hidden) tellShown();
