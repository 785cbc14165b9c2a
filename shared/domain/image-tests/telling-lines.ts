const LAST = 10;
const NAMED = 20;
/** How pytest names what failed, in its short summary, and what it could not start with. */
const NAMING = /^(?:FAILED|ERROR)\b/;

/** Remembers of a test's output, however long, the lines that tell why it failed. */
export type TellingLines = {
  take(line: string): void;
  /** What pytest named, and how it ended; else the last lines. */
  lines(): readonly string[];
};

export function createTellingLines(): TellingLines {
  const named: string[] = [];
  const last: string[] = [];
  return {
    take(line) {
      if (line.trim() === '') return;
      if (NAMING.test(line) && named.length < NAMED) named.push(line);
      last.push(line);
      if (last.length > LAST) last.shift();
    },
    lines() {
      if (named.length === 0) return [...last];
      return [...named, ...last.slice(-1).filter(line => !named.includes(line))];
    },
  };
}
