const REPLACEMENT = '***';
/** Encoded text shorter than this would be found everywhere. */
const SHORTEST_ENCODED = 6;
const SHORTEST_LINE = 8;

/**
 * Replaces every secret that was added by `***`: as it is, each of its longer lines, inside of JSON, URL-encoded,
 * and in base64 (both alphabets) wherever it stands in what was encoded, as in an `Authorization: Basic` header.
 */
export function createRedactor() {
  const secrets = new Set<string>();
  const spellings = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add(secret: string): void {
      if (secrets.has(secret)) return;
      secrets.add(secret);
      for (const spelling of spellingsOf(secret)) spellings.add(spelling);
      const longestFirst = [...spellings].toSorted((a, b) => b.length - a.length).map(escaped);
      pattern = new RegExp(longestFirst.join('|'), 'g');
    },
    redact(text: string): string {
      return pattern === undefined ? text : text.replace(pattern, REPLACEMENT);
    },
  };
}

/** The same for secrets that are all known. */
export function redactorOf(secrets: Iterable<string>): (text: string) => string {
  const { add, redact } = createRedactor();
  for (const secret of secrets) add(secret);
  return redact;
}

function spellingsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter(line => line.length >= SHORTEST_LINE);
  return [secret, ...lines]
    .flatMap(text => [text, JSON.stringify(text).slice(1, -1), ...inUrls(text), ...inBase64(text)])
    .filter(spelling => spelling !== '');
}

function inUrls(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const url = new URL('http://host');
  url.password = text;
  const query = new URLSearchParams({ '': text }).toString().slice(1);
  return [component, url.password, query].flatMap(encoded => [
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, hex => hex.toLowerCase()),
  ]);
}

/**
 * Base64 writes three bytes as four characters, so that a text looks different by its place, modulo three, in what
 * is encoded. The characters that its neighbours have a part in are left out.
 */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap(before => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const own = whole.slice(from, to);
    if (own.length < SHORTEST_ENCODED) return [];
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
