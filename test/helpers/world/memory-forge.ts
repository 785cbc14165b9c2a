import { createHash } from 'node:crypto';
import type { Ordered } from '../../../shared/domain/order/relations.ts';
import type { Forge } from '../../../shared/ports/forge.ts';

/** Commits by a name of the test's choice, with the names of their parents, oldest first. */
export type History = Readonly<Record<string, readonly string[]>>;
export type MemoryForge = Forge & {
  setHead(branch: string, sha: string | undefined): void;
  /** All files of a commit, and its message; it is as empty as its name is short otherwise. */
  write(commit: string, files: Readonly<Record<string, string>>, message?: string): void;
};

/** The hash that a named commit has. */
export function shaOf(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

/** A forge whose whole history is known from the start; only the branches move. */
export function createMemoryForge(history: History): MemoryForge {
  const parents = new Map(Object.entries(history).map(([name, from]) => [shaOf(name), from.map(shaOf)]));
  const heads = new Map<string, string>();
  const ancestors = new Map([...parents.keys()].map(sha => [sha, ancestorsOf(sha, parents)]));
  const contents = new Map<string, { files: Readonly<Record<string, string>>; message: string }>();
  const filesOf = (sha: string) => contents.get(sha)?.files ?? {};
  const distance = (from: string, to: string) =>
    (ancestors.get(to)?.size ?? 0) - (ancestors.get(from)?.size ?? 0);
  return {
    setHead(branch, sha) {
      if (sha === undefined) heads.delete(branch);
      else heads.set(branch, sha);
    },
    async compare(_repo, a, b): Promise<Ordered> {
      if (a === b) return { relation: 'same' };
      if (!parents.has(a) || !parents.has(b)) return { relation: 'unknown' };
      if (ancestors.get(a)?.has(b)) return { relation: 'newer', distance: distance(b, a) };
      if (ancestors.get(b)?.has(a)) return { relation: 'older', distance: distance(a, b) };
      return { relation: 'diverged' };
    },
    async commit(_repo, sha) {
      const from = parents.get(sha);
      if (from === undefined) return undefined;
      return {
        sha,
        parents: from,
        author: 'Ada',
        subject: 'a change',
        committedAt: '2026-03-02T09:00:00.000Z',
      };
    },
    head: async (_repo, branch) => heads.get(branch),
    checkout: async (_repo, sha) => ({
      path: `/${sha}`,
      folder: async path => `/${sha}/${path}`,
      remove: async () => {},
    }),
    write(commit, files, message = 'a change') {
      contents.set(shaOf(commit), { files, message });
    },
    async files(_repo, sha, paths) {
      const found = filesOf(sha);
      return new Map(
        paths.flatMap(path => (found[path] === undefined ? [] : [[path, found[path]] as const])),
      );
    },
    async changes(_repo, from, to) {
      const [before, after] = [filesOf(from), filesOf(to)];
      const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
      const since = [...(ancestors.get(to) ?? [])].filter(sha => !ancestors.get(from)?.has(sha));
      return {
        files: paths.filter(path => before[path] !== after[path]),
        messages: since.flatMap(sha => contents.get(sha)?.message ?? []),
      };
    },
    report: async () => {},
  };
}

/** A commit and everything that can be reached from it. */
function ancestorsOf(sha: string, parents: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const queue = [sha];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...(parents.get(next) ?? []));
  }
  return found;
}
