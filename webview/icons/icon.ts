import { CODICONS } from './codicons.ts';
import type { IconName } from './icon-names.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** An icon in the colour of the text around it. It says nothing to screen readers: what has one has a name as well. */
export function makeIcon(name: IconName): SVGSVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', 'icon');
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('aria-hidden', 'true');
  const outline = document.createElementNS(SVG, 'path');
  outline.setAttribute('d', CODICONS[name]);
  icon.append(outline);
  return icon;
}

/** Gives an icon another outline, and leaves it alone when it has that already. */
export function setIcon(icon: SVGSVGElement, name: IconName): void {
  const outline = icon.firstElementChild;
  const path = CODICONS[name];
  if (outline && outline.getAttribute('d') !== path) outline.setAttribute('d', path);
}
