/**
 * Words from outside (a commit's subject, a registry's complaint) as they may stand in a terminal: on one line, and
 * without the characters that a terminal acts on or that turn the direction of what follows.
 */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}
