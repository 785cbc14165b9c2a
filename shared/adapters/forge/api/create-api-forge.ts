import { rm } from 'node:fs/promises';
import { type CommitSha, isCommitSha } from '../../../domain/names/commit-sha.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { type Changes, type Forge, MissingCommit } from '../../../ports/forge.ts';
import { branchRef } from '../../git/branch-ref.ts';
import { isInTree } from '../../git/is-in-tree.ts';
import { checkOutByApi } from './checkout.ts';
import { differences } from './compare-trees.ts';
import type { RepositoryApi } from './repository-api.ts';

/** In a function on Google Cloud the disk is memory. */
const MOST_BYTES = 2 ** 31;

export type ApiForgeOptions = {
  readonly repos: ReadonlyMap<string, RepositoryApi>;
  /** A folder of its own for checkouts; those that were left in it are removed. */
  readonly temporary: string;
  /** The most bytes that the files of a checkout may have together; 2 GiB when absent. */
  readonly mostBytes?: number | undefined;
};

/**
 * A forge whose repositories are asked through its API: nothing is cloned and nothing is remembered here.
 *
 * @throws {PermanentError} for a repo that is not configured, what is no commit or branch, a login that may not read
 * @throws {ForgeError} for what may pass by itself: limits, deadlines, errors of the server
 */
export function createApiForge({ repos, temporary, mostBytes = MOST_BYTES }: ApiForgeOptions): Forge {
  const cleaned = rm(temporary, { recursive: true, force: true });
  cleaned.catch(() => {}); // whoever needs the folder awaits it below

  function apiOf(repo: string): RepositoryApi {
    const api = repos.get(repo);
    if (api === undefined) throw new PermanentError(`Cannot read repo "${repo}": it is not configured`);
    return api;
  }

  /** A forge hides what a login may not see by saying that it is not there, which is not the same. */
  async function orHidden<T>(api: RepositoryApi, found: T | undefined): Promise<T | undefined> {
    if (found === undefined) await api.ensureVisible();
    return found;
  }

  async function found(repo: string, ...shas: readonly CommitSha[]): Promise<RepositoryApi> {
    const api = apiOf(repo);
    check(...shas);
    for (const sha of new Set(shas)) {
      if ((await orHidden(api, await api.commit(sha))) !== undefined) continue;
      throw new MissingCommit('read', { repo, commit: sha });
    }
    return api;
  }

  return {
    async compare(repo, a, b) {
      const api = apiOf(repo);
      check(a, b);
      const ordered = a === b ? await sameAs(api, a) : await api.compare(a, b);
      if (ordered.relation === 'unknown') await api.ensureVisible();
      return ordered;
    },
    async commit(repo, sha) {
      const api = apiOf(repo);
      check(sha);
      return orHidden(api, await api.commit(sha));
    },
    async head(repo, branch) {
      const api = apiOf(repo);
      branchRef(branch);
      return orHidden(api, await api.head(branch));
    },
    async checkout(repo, sha) {
      const api = apiOf(repo);
      check(sha);
      if ((await orHidden(api, await api.commit(sha))) === undefined) {
        throw new MissingCommit('check out', { repo, commit: sha });
      }
      await cleaned;
      return checkOutByApi(api, { repo, sha, temporary, mostBytes });
    },
    async files(repo, sha, paths) {
      const api = await found(repo, sha);
      const contents = await api.files(sha, [...new Set(paths)].filter(isInTree));
      return new Map([...contents].map(([path, content]) => [path, Buffer.from(content).toString()]));
    },
    async changes(repo, from, to) {
      const api = await found(repo, to, from);
      return from === to ? { files: [], messages: [] } : changesOf(api, from, to);
    },
    async report(repo, sha, report) {
      const api = apiOf(repo);
      check(sha);
      await api.report?.(sha, { ...report, description: cut(report.description) });
    },
  };
}

/** What the forge does not tell of the files, the two lists of everything in the commits do. */
async function changesOf(api: RepositoryApi, from: CommitSha, to: CommitSha): Promise<Changes> {
  const { files, messages } = await api.changes(from, to);
  return {
    files:
      files === undefined
        ? differences(await api.tree(from), await api.tree(to))
        : [...new Set(files)].toSorted(),
    messages: messages.map(message => message.trimEnd()).filter(message => message !== ''),
  };
}

/** GitHub refuses a longer one. https://docs.github.com/en/rest/commits/statuses#create-a-commit-status */
const MOST_CHARACTERS = 140;

function cut(description: string): string {
  if (description.length <= MOST_CHARACTERS) return description;
  return `${description.slice(0, MOST_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

async function sameAs(api: RepositoryApi, sha: CommitSha) {
  return (await api.commit(sha)) === undefined
    ? ({ relation: 'unknown' } as const)
    : ({ relation: 'same', distance: 0 } as const);
}

function check(...shas: readonly CommitSha[]): void {
  const wrong = shas.find(sha => !isCommitSha(sha));
  if (wrong === undefined) return;
  throw new PermanentError(`Cannot look up commit "${wrong}": expected a full hash of 40 or 64 hex digits`);
}
