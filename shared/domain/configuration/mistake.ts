/** Something wrong at a place of the configuration: the path of keys, and a sentence that says what was expected. */
export type Mistake = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What stands there instead, where it may be shown: never at a place that takes a secret. */
  readonly found?: string;
};

const LONGEST = 60;

/** In double quotes, on one line and not too long, with control characters written out. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
