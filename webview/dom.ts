/**
 * Makes an element.
 *
 * @param attributes set as they are; nothing is ever parsed as HTML
 * @param children a string becomes text
 */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Sets an element's text, and leaves the page alone when it has that text already. */
export function setText(element: Element, text: string): void {
  const only = element.firstChild;
  // A text that only changes keeps its place in the layout; a new one would have to be given one.
  if (only instanceof Text && only === element.lastChild) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** Hides an element or shows it, and leaves the page alone when it is so already. */
export function setHidden(element: HTMLElement, isHidden: boolean): void {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}

/** Sets an attribute, and leaves the page alone when it has that value already; `undefined` removes it. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
