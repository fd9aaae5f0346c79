import { createHash } from 'node:crypto';

// The namespace of everything that shipping derives from an order's id.
const namespace = Buffer.from('6f1c1a6be0c54a0f9d6b5b1d7c2f9a41', 'hex');

// Without 0, 1, I, L, O and U: a tracking number is read aloud.
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A name-based UUID (RFC 9562, version 5): the same name gives the same id, on every machine and after every restart. */
export function nameBasedId(name) {
  const hash = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The id of the one event of a type that an order can have. */
export function eventId(orderId, type) {
  return nameBasedId(`${orderId}/${type}`);
}

/** The order's tracking number. It is derived, so that a step that is repeated gives the number that was already told. */
export function trackingNumber(orderId) {
  const hash = createHash('sha256').update('tracking/').update(orderId, 'utf8').digest();
  let number = '';
  for (let i = 0; i < 12; i++) {
    number += alphabet[hash[i] % alphabet.length];
  }
  return `TD${number}`;
}
