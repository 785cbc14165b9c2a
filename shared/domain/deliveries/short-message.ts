/** Longer ones are not kept, in UTF-16 units. */
const MOST = 4_000;
/** What says what was done to what, and what became of it. */
const BEGINNING = 1_000;
const BETWEEN = '\n…\n';

/** A message for people, with its beginning and its end: the one says what failed, the other of what. */
export function shortMessage(text: string): string {
  if (text.length <= MOST) return text;
  const end = text.slice(BEGINNING + BETWEEN.length - MOST);
  return `${text.slice(0, BEGINNING)}${BETWEEN}${end}`.toWellFormed();
}
