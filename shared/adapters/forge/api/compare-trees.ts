import type { TreeEntry } from './repository-api.ts';

/** The paths whose files, links or submodules are not the same in both, in the order of their names. */
export function differences(before: readonly TreeEntry[], after: readonly TreeEntry[]): string[] {
  const [old, now] = [marksOf(before), marksOf(after)];
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths].filter(path => old.get(path) !== now.get(path)).toSorted();
}

/** What tells one from another: its content, and whether it is run or leads elsewhere. Folders have no mark. */
function marksOf(entries: readonly TreeEntry[]): Map<string, string> {
  const marks = entries.filter(({ mode }) => mode.startsWith('1'));
  return new Map(marks.map(({ path, mode, id }) => [path, `${mode} ${id}`]));
}
