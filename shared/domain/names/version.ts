/** A version as https://semver.org/spec/v2.0.0.html has it, with or without a `v` before it. */
export type Version = {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The identifiers of a pre-release; none for a release. */
  readonly pre: readonly string[];
};
/** Every version with these first numbers: all of them where there is none. */
export type VersionRange = readonly number[];

const NUMBER = '(?:0|[1-9]\\d*)';
const IDENTIFIER = `(?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const VERSION = new RegExp(
  `^v?(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?$`,
);

/** Nothing for what is no version. What follows a `+` is for people: two versions that differ there only are equal. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, pre] = VERSION.exec(text) ?? [];
  if (major === undefined) return undefined;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    pre: pre === undefined ? [] : pre.split('.'),
  };
}

/** Negative, zero or positive, by precedence: https://semver.org/spec/v2.0.0.html#spec-item-11 */
export function compareVersions(a: Version, b: Version): number {
  const numbers = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (numbers !== 0 || (a.pre.length === 0 && b.pre.length === 0)) return numbers;
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (const [i, one] of a.pre.entries()) {
    const other = b.pre[i];
    if (other === undefined) return 1;
    const order = compareIdentifiers(one, other);
    if (order !== 0) return order;
  }
  return a.pre.length - b.pre.length;
}

/** `*`, `1`, `v1.2` or `1.2.3`; nothing for what is no range. */
export function parseRange(text: string): VersionRange | undefined {
  if (text === '*') return [];
  return /^v?\d+(?:\.\d+){0,2}$/.test(text) ? text.replace('v', '').split('.').map(Number) : undefined;
}

/** Whether a version is in a range; a pre-release only where they count. */
export function isInRange({ major, minor, patch, pre }: Version, range: VersionRange, preReleases: boolean) {
  if (pre.length > 0 && !preReleases) return false;
  const numbers = [major, minor, patch];
  return range.every((number, i) => numbers[i] === number);
}

/** Numbers by their value and below words; words by the order of ASCII. */
function compareIdentifiers(a: string, b: string): number {
  const [one, other] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one && other) return a.length - b.length || compareText(a, b);
  if (one !== other) return one ? -1 : 1;
  return compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
