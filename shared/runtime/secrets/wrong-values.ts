/** What examples say in place of a secret. Compared without case and punctuation. */
const PLACEHOLDERS = new Set([
  'changeit',
  'changeme',
  'example',
  'fixme',
  'mypassword',
  'mysecret',
  'password',
  'placeholder',
  'secret',
  'supersecret',
  'tbd',
  'todo',
  'token',
  'xxx',
  'yourpassword',
  'yoursecret',
  'yourtoken',
]);

/** Why a value cannot be a secret, as the end of a sentence; nothing when it can. The value is never part of it. */
export function whatIsWrongWith(value: string): string | undefined {
  const text = value.trim();
  if (text === '') return 'it is empty; put the secret there';
  if (value.includes('\0')) return 'it holds a zero byte; put text there';
  if (isPlaceholder(text)) return 'it is still a placeholder; put the secret there';
  return undefined;
}

/** Also what was never filled in (`<token>`, `${TOKEN}`), and one character over and over. */
function isPlaceholder(text: string): boolean {
  return (
    PLACEHOLDERS.has(text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')) ||
    /^<[^>]*>$|^\$\{[^}]*\}$|^\{\{.*\}\}$/.test(text) ||
    /^replace(?:[-_ ]?(?:me|with|this)(?![a-z])|$)/i.test(text) ||
    /^(.)\1*$/s.test(text)
  );
}
