/** The five entities that XML has by itself (XML 1.0, 4.6), and characters by their number. Others are left as they are. */
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" };

/**
 * The contents of all elements of a name, in their order, as they stand there. For the flat answers of S3, in which no element
 * holds another of its own name; declarations, comments and the like are not looked at, so a hostile one can make nothing of them.
 */
export function elementsOf(xml: string, name: string): string[] {
  const contents: string[] = [];
  const [opening, closing] = [`<${name}>`, `</${name}>`];
  for (let at = startOf(xml, name, 0, opening); at >= 0;) {
    const end = xml.indexOf(closing, at);
    if (end < 0) break;
    contents.push(xml.slice(at, end));
    at = startOf(xml, name, end + closing.length, opening);
  }
  return contents;
}

/** The text of the first element of a name; `undefined` when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  return elementsOf(xml, name)[0]?.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g,
    (whole, decimal?: string, hex?: string, entity?: string) => {
      if (entity !== undefined) return ENTITIES[entity] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** Where the content of the next element of a name begins, with attributes or without; -1 when there is none. */
function startOf(xml: string, name: string, from: number, opening: string): number {
  const bare = xml.indexOf(opening, from);
  const withAttributes = xml.indexOf(`<${name} `, from);
  if (withAttributes < 0 || (bare >= 0 && bare < withAttributes))
    return bare < 0 ? -1 : bare + opening.length;
  const end = xml.indexOf('>', withAttributes);
  return end < 0 ? -1 : end + 1;
}
