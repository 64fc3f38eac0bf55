import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeProgressRing,
  type Checkbox,
} from '@vscode/webview-ui-toolkit';

/**
 * Everything the dashboard takes from `@vscode/webview-ui-toolkit`. That package is archived: what replaces it one
 * day replaces this file, and nothing else knows the toolkit's elements.
 */

/** Makes the toolkit's elements known to the page. Call it once, before any is made. */
export function defineToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeProgressRing());
}

const SECONDARY_BORDER = 'var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent))';

/** A push button. The `secondary` look is for anything but a view's one main action. */
export function makeButton(label: string, look: 'primary' | 'secondary', onPress: () => void): HTMLElement {
  const button = document.createElement('vscode-button');
  button.setAttribute('appearance', look);
  button.textContent = label;
  // The toolkit is older than the secondary button's own border, and would give it the primary one's.
  if (look === 'secondary') button.style.setProperty('--button-border', SECONDARY_BORDER);
  button.addEventListener('click', onPress);
  return button;
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
