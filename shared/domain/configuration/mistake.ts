/** Something wrong at a place of the configuration: the path of keys, and a sentence that says what was expected. */
export type Mistake = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What stands there instead, where it may be shown: never at a place that takes a secret. */
  readonly found?: string;
};

const LONGEST = 60;

/** In double quotes, on one line and not too long, with what would not be seen, or move a terminal's cursor, written out. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).replaceAll(
    /\p{C}/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
