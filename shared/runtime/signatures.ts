import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Signatures } from '../ports/signatures.ts';

/** An empty secret never fits: whoever forgot to set one must not be open to everybody. */
export const signatures: Signatures = {
  isSigned(body, secret, signature, algorithm = 'sha256') {
    if (secret === '' || !/^[0-9a-f]+$/i.test(signature)) return false;
    const expected = createHmac(algorithm, secret).update(body).digest();
    const presented = Buffer.from(signature, 'hex');
    const isWhole = signature.length === 2 * expected.length;
    return isWhole && timingSafeEqual(expected, presented);
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
