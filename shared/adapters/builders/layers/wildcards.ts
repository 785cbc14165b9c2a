import { StepRefused } from './refusals.ts';

/** Whether a COPY source has to be matched, rather than taken by its name. */
export function hasWildcards(pattern: string): boolean {
  return /[*?[\\]/.test(pattern);
}

/**
 * A pattern as Go's `filepath.Match` reads it, for whole paths: `*` and `?` match no slash, `[a-z]` and `[^a-z]`
 * match one character, a backslash takes away the meaning of the next one. https://pkg.go.dev/path/filepath#Match
 *
 * @throws {StepRefused} for a pattern that is not well formed.
 */
export function wildcardExpression(pattern: string): RegExp {
  const parts = pattern.match(/\\.|\[\^?(?:\\.|[^\]\\])+\]|./gs) ?? [];
  try {
    return new RegExp(`^${parts.map(part => sourceOf(part, pattern)).join('')}$`);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(pattern);
    throw error;
  }
}

function sourceOf(part: string, pattern: string): string {
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  if (part === '[' || part === '\\') throw malformed(pattern);
  if (part.startsWith('\\')) return literal(part.slice(1));
  if (!part.startsWith('[')) return literal(part);
  const not = part.startsWith('[^') ? '^' : '';
  const set = part
    .slice(1 + not.length, -1)
    .replace(/\\(.)|[[^]/gs, (found, after) => literal(after ?? found));
  return `(?!/)[${not}${set}]`;
}

function literal(character: string): string {
  return /[\w/]|[^ -~]/.test(character) ? character : `\\${character}`;
}

function malformed(pattern: string): StepRefused {
  return new StepRefused(`${JSON.stringify(pattern)} is not a well-formed pattern`);
}
