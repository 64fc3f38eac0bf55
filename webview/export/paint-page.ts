/** What has nothing to say in a picture. */
const LEFT_OUT =
  'button, input, select, vscode-button, vscode-checkbox, vscode-progress-ring, [data-not-in-picture]';

/**
 * Paints a part of the page as it stands on the screen: backgrounds, borders, text and canvases. Controls are left out, and so
 * is what a style sheet adds before and after elements.
 *
 * @param context the upper left corner of `root` is at its origin; a unit is a CSS pixel
 */
export function paintPage(context: CanvasRenderingContext2D, root: HTMLElement): void {
  const { left, top } = root.getBoundingClientRect();
  context.save();
  context.translate(-left, -top);
  for (const child of root.children) paintElement(context, child);
  context.restore();
}

function paintElement(context: CanvasRenderingContext2D, element: Element): void {
  if (element.matches(LEFT_OUT)) return;
  // Also what is in a part that is folded up.
  if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  context.save();
  context.globalAlpha *= Number(style.opacity);
  paintBox(context, box, style);
  if (element instanceof HTMLCanvasElement) {
    if (element.width > 0 && element.height > 0)
      context.drawImage(element, box.left, box.top, box.width, box.height);
  } else if (element instanceof SVGSVGElement) {
    paintIcon(context, element, box, style);
  } else {
    if (style.overflowX !== 'visible') {
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
    }
    for (const child of element.childNodes) {
      if (child instanceof Text) paintText(context, child, style);
      else if (child instanceof Element) paintElement(context, child);
    }
  }
  context.restore();
}

/** Paints an icon: outlines, in the units of its own box. */
function paintIcon(
  context: CanvasRenderingContext2D,
  icon: SVGSVGElement,
  box: DOMRect,
  style: CSSStyleDeclaration,
): void {
  const { width, height } = icon.viewBox.baseVal;
  context.translate(box.left, box.top);
  context.scale(box.width / width, box.height / height);
  context.fillStyle = style.color;
  for (const outline of icon.querySelectorAll('path'))
    context.fill(new Path2D(outline.getAttribute('d') ?? ''));
}

function paintBox(context: CanvasRenderingContext2D, box: DOMRect, style: CSSStyleDeclaration): void {
  const { left, top, width, height } = box;
  if (width === 0 || height === 0) return;
  const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
  if (!isTransparent(style.backgroundColor)) {
    context.fillStyle = style.backgroundColor;
    context.beginPath();
    context.roundRect(left, top, width, height, radius);
    context.fill();
  }
  const sides = [
    { name: 'top', from: [0, 0], to: [1, 0], inward: [0, 1] },
    { name: 'right', from: [1, 0], to: [1, 1], inward: [-1, 0] },
    { name: 'bottom', from: [0, 1], to: [1, 1], inward: [0, -1] },
    { name: 'left', from: [0, 0], to: [0, 1], inward: [1, 0] },
  ] as const;
  const borders = sides.flatMap(side => {
    const kind = style.getPropertyValue(`border-${side.name}-style`);
    const color = style.getPropertyValue(`border-${side.name}-color`);
    const thickness = Number.parseFloat(style.getPropertyValue(`border-${side.name}-width`));
    return kind === 'none' || kind === 'hidden' || !(thickness > 0) || isTransparent(color)
      ? []
      : [{ ...side, kind, color, thickness }];
  });
  const [first] = borders;
  if (first && radius > 0 && borders.length === sides.length) {
    context.strokeStyle = first.color;
    context.lineWidth = first.thickness;
    context.beginPath();
    const half = first.thickness / 2;
    context.roundRect(left + half, top + half, width - 2 * half, height - 2 * half, radius);
    context.stroke();
    return;
  }
  for (const { from, to, inward, kind, color, thickness } of borders) {
    const dx = (inward[0] * thickness) / 2;
    const dy = (inward[1] * thickness) / 2;
    context.strokeStyle = color;
    context.lineWidth = thickness;
    context.setLineDash(
      kind === 'dashed' ? [3 * thickness, 2 * thickness] : kind === 'dotted' ? [thickness, thickness] : [],
    );
    context.beginPath();
    context.moveTo(left + from[0] * width + dx, top + from[1] * height + dy);
    context.lineTo(left + to[0] * width + dx, top + to[1] * height + dy);
    context.stroke();
  }
  context.setLineDash([]);
}

/** Paints word by word, where the browser has put each. */
function paintText(context: CanvasRenderingContext2D, text: Text, style: CSSStyleDeclaration): void {
  const words = text.data.matchAll(/[^ \t\r\n]+/g);
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  const range = document.createRange();
  for (const { 0: word, index } of words) {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    const box = range.getClientRects().item(0);
    if (!box || box.width === 0) continue;
    const shown = style.textTransform === 'uppercase' ? word.toUpperCase() : word;
    const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText(shown);
    const baseline = box.top + (box.height - ascent - descent) / 2 + ascent;
    context.fillText(shown, box.left, baseline, box.width);
  }
}

function isTransparent(color: string): boolean {
  return color === '' || color === 'transparent' || /[,/] ?0\)$/.test(color);
}
