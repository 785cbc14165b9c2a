import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Signatures } from '../ports/signatures.ts';

const HEX_SHA256 = /^[0-9a-f]{64}$/i;

/** An empty secret never fits: whoever forgot to set one must not be open to everybody. */
export const signatures: Signatures = {
  isSigned(body, secret, signature) {
    if (secret === '' || !HEX_SHA256.test(signature)) return false;
    const expected = createHmac('sha256', secret).update(body).digest();
    return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
  },

  isSecret(presented, secret) {
    return secret !== '' && timingSafeEqual(sameLength(presented), sameLength(secret));
  },

  sha256: body => hash('sha256', body, 'hex'),
};

/** `timingSafeEqual` wants equal lengths, and the length of a secret is nobody's business either. */
function sameLength(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
