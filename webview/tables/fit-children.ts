/** Makes `parent` have `count` children, and keeps those that it has. */
export function fitChildren(parent: Element, count: number, makeOne: () => Element): void {
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
  while (parent.childElementCount < count) parent.append(makeOne());
}
