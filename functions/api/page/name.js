const NAME = 'headway-name';

/** Who looks at the page, by their own word, once they have said so in this tab. */
export function nameOfTab() {
  return sessionStorage.getItem(NAME) ?? undefined;
}

/**
 * Keeps the name for as long as this tab is open; without one, forgets it.
 *
 * @param {string | undefined} name
 */
export function keepName(name) {
  if (name === undefined) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, name);
}
