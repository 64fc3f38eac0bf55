import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeProgressRing,
  type Checkbox,
} from '@vscode/webview-ui-toolkit';
import type { IconName } from './icons/icon-names.ts';
import { makeIcon, setIcon } from './icons/icon.ts';

/**
 * Everything the dashboard takes from `@vscode/webview-ui-toolkit`. That package is archived: what replaces it one
 * day replaces this file, and nothing else knows the toolkit's elements.
 */

/** Makes the toolkit's elements known to the page. Call it once, before any is made. */
export function defineToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeProgressRing());
}

const SECONDARY_BORDER = 'var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent))';

/** A push button. The `secondary` look is for anything but a view's one main action. @param icon before the label */
export function makeButton(
  label: string,
  look: 'primary' | 'secondary',
  onPress: () => void,
  icon?: IconName,
): HTMLElement {
  const button = document.createElement('vscode-button');
  button.setAttribute('appearance', look);
  if (icon !== undefined) {
    const drawing = makeIcon(icon);
    drawing.setAttribute('slot', 'start');
    button.append(drawing);
  }
  // Not in an element of its own: the toolkit gives one the size of an icon.
  button.append(label);
  // The toolkit is older than the secondary button's own border, and would give it the primary one's.
  if (look === 'secondary') button.style.setProperty('--button-border', SECONDARY_BORDER);
  button.addEventListener('click', onPress);
  return button;
}

/** Gives a button that has an icon another label and icon. */
export function setButton(button: HTMLElement, label: string, icon: IconName): void {
  const { firstElementChild: drawing, lastChild: text } = button;
  if (drawing instanceof SVGSVGElement) setIcon(drawing, icon);
  if (text instanceof Text && text.data !== label) text.data = label;
}

/** A check box with its label. */
export function makeCheckbox(
  label: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
): HTMLElement {
  const checkbox = document.createElement('vscode-checkbox') as Checkbox;
  checkbox.textContent = label;
  checkbox.checked = checked;
  // The element tells of the value it is given at first, too; that is no choice of the user's.
  let known = checked;
  checkbox.addEventListener('change', () => {
    if (checkbox.checked === known) return;
    known = checkbox.checked;
    onChange(known);
  });
  return checkbox;
}

/**
 * A ring that turns while something is awaited. It is hidden from screen readers, for which the element would cry
 * "Loading" at once whatever they are reading: put words beside it.
 */
export function makeProgressRing(): HTMLElement {
  const frame = document.createElement('span');
  frame.className = 'ring';
  frame.setAttribute('aria-hidden', 'true');
  frame.append(document.createElement('vscode-progress-ring'));
  return frame;
}
