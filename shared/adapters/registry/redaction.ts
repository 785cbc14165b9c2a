/** Query keys that may be shown; every other may be a signature or a token. */
const HARMLESS = new Set(['digest', 'mount', 'from', 'n', 'last', 'service', 'scope']);

/** The URL as it may appear in a log: without user, and with unknown query values hidden. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  for (const key of new Set(shown.searchParams.keys())) {
    if (!HARMLESS.has(key)) shown.searchParams.set(key, 'REDACTED');
  }
  return shown.href;
}
