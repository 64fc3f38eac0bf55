import * as v from 'valibot';
import { isBech32 } from './bech32.ts';
import type { ValueKind } from './value.ts';

const HOST = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])`;
const LOOPBACK = String.raw`(?:127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[::1\]|localhost)`;
const REST = String.raw`(?::[0-9]{1,5})?(?:\/[^\u0000-\u0020?#\\\u007f]*)?`;

const TO_THIS_MACHINE = new RegExp(`^http://${LOOPBACK}(?:[:/]|$)`);

/**
 * Nothing, or an address without user, password, query and fragment: over TLS, or to this machine. Whoever connects sees to it
 * that `localhost` leads there.
 */
export function optionalAddress(): ValueKind<string> {
  return {
    ...pattern(
      `^(?:(?:https:\\/\\/${HOST}|http:\\/\\/${LOOPBACK})${REST})?$`,
      2048,
      'empty or an address that begins with https:// (http:// only to 127.0.0.1, [::1] or localhost) and has no user, password, query or fragment',
    ),
    insteadOf: given => {
      if (typeof given !== 'string') return undefined;
      if (/^[a-z]+:\/\/[^/?#]*@/i.test(given))
        return 'one with a user or a password, which belong into `optimetrics sync login`';
      if (/[?#]/.test(given)) return 'one with a query or a fragment, which may hold a key';
      if (/^http:/i.test(given) && !TO_THIS_MACHINE.test(given)) return 'one without TLS';
      if (/[\s\\]/.test(given)) return 'one with a space or a backslash; a space is written %20 there';
      return undefined;
    },
  };
}

/** Text that a pattern describes. It may be a name, and so is never repeated. */
export function pattern(source: string, maximum: number, expected: string): ValueKind<string> {
  const whole = new RegExp(source, 'u');
  return {
    schema: v.pipe(
      v.string(),
      v.maxLength(maximum),
      v.check(text => whole.test(text)),
    ),
    expected,
    json: {
      type: 'string',
      maxLength: maximum,
      pattern: source,
      patternErrorMessage: `Must be ${expected}.`,
    },
    isPrivate: true,
  };
}

/** 32 bytes in Bech32. */
const RECIPIENT = '^age1[02-9ac-hj-np-z]{58}$';

/** A public key of age: an X25519 recipient (https://age-encryption.org/v1), with the right checksum. */
export function recipient(): ValueKind<string> {
  const form = new RegExp(RECIPIENT);
  return {
    schema: v.pipe(
      v.string(),
      v.check(text => form.test(text) && isBech32(text)),
    ),
    expected: 'a public key of age (age1…)',
    json: { type: 'string', pattern: RECIPIENT },
    isPrivate: true,
    insteadOf: given => {
      if (typeof given !== 'string') return undefined;
      if (/^age-secret-key-/i.test(given.trim()))
        return 'a secret key: take it out, its owner alone may have it; the public key is in the same file of age-keygen';
      return form.test(given) && !isBech32(given) ? 'one with a letter mistyped: copy it again' : undefined;
    },
  };
}
