/** A line of `/proc/self/mountinfo`. Text is Latin-1: a character a byte, whatever the bytes mean. */
export interface Mount {
  readonly id: number;
  /** Mount that this one is mounted in. */
  readonly parent: number;
  /** Device number, `major:minor`; major 0 for file systems that are on no one block device. */
  readonly device: string;
  /** The part of the file system that is mounted here; `/` for all of it. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
}

/**
 * Reads `/proc/self/mountinfo`: `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
 * The optional fields before the dash are any number. Lines that are not of this form are left out.
 */
export function parseMountinfo(content: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of content.split('\n')) {
    const dash = line.indexOf(' - ');
    if (dash < 0) continue;
    const [id, parent, device, root, mountPoint] = line.slice(0, dash).split(' ');
    const [type, source] = line.slice(dash + 3).split(' ');
    if (!device || !root || !mountPoint || !type || source === undefined) continue;
    if (!/^\d{1,9}$/.test(id ?? '') || !/^\d{1,9}$/.test(parent ?? '') || !/^\d+:\d+$/.test(device)) continue;
    mounts.push({
      id: Number(id),
      parent: Number(parent),
      device,
      root: decodeMountEscapes(root),
      mountPoint: decodeMountEscapes(mountPoint),
      type,
      source: decodeMountEscapes(source),
    });
  }
  return mounts;
}

/**
 * The kernel, and fstab(5) as well, write space, tab, newline, backslash and `#` as a backslash and three octal digits.
 */
export function decodeMountEscapes(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
