/** Letters of the data part, by their value. */
const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
/** Of the checksum's code, for each of the five highest bits of its state. */
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

/**
 * Whether a text in small letters is Bech32 (BIP 173) with the right checksum, which finds any four letters that are
 * mistyped. Its length is not looked at.
 */
export function isBech32(text: string): boolean {
  const border = text.lastIndexOf('1');
  if (border < 1) return false;
  const prefix = Array.from(text.slice(0, border), letter => letter.charCodeAt(0));
  const values = Array.from(text.slice(border + 1), letter => LETTERS.indexOf(letter));
  if (values.length < 6 || values.includes(-1)) return false;
  return checksum([...prefix.map(code => code >> 5), 0, ...prefix.map(code => code & 31), ...values]) === 1;
}

function checksum(values: readonly number[]): number {
  let state = 1;
  for (const value of values) {
    const top = state >> 25;
    state = ((state & 0x1ffffff) << 5) ^ value;
    for (const [bit, code] of GENERATOR.entries()) if ((top >> bit) & 1) state ^= code;
  }
  return state;
}
