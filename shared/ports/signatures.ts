/** What tells a sender who knows a secret from one who does not. Comparisons take the same time for every guess. */
export interface Signatures {
  /** Whether `signature` is the HMAC of exactly these bytes, in hex; SHA-256 unless told. https://www.rfc-editor.org/rfc/rfc2104 */
  isSigned(body: Uint8Array, secret: string, signature: string, algorithm?: HmacAlgorithm): boolean;
  /** Whether what was presented is the secret itself. */
  isSecret(presented: string, secret: string): boolean;
  /** The SHA-256 of the bytes, in lower-case hex. */
  sha256(body: Uint8Array): string;
}

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';
