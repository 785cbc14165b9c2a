import { z } from 'zod';
import { BuildSummary } from '../../functions/api/documents.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { ApiClient } from './api-client.ts';
import { apiFor, show } from './asking.ts';
import { CommandError, exitCodes, UsageError } from './command.ts';
import type { Telling } from './tell.ts';
import { userOfMachine } from './user-of-machine.ts';

type Word = {
  readonly values: Telling;
  readonly wish?: object;
  /** What came of it, as a sentence. */
  readonly says: (build: BuildSummary) => string;
};

/** Says a word over the build `IMAGE:COMMIT` through the API, and prints what came of it. */
export async function tellBuild(
  verb: 'cancel' | 'retry' | 'move',
  words: readonly string[],
  { values, wish, says }: Word,
): Promise<number> {
  const { image, beginning } = buildIn(verb, words);
  const api = apiFor(values);
  const commit = await commitOf(api, image, beginning);
  const body = { by: values.by ?? userOfMachine(), ...wish };
  const build = await api.post(`builds/${encodeURIComponent(image)}/${commit}/${verb}`, BuildSummary, body);
  return show(values, build, () => says(build));
}

type Named = { readonly image: string; readonly beginning: string };

/** @throws {UsageError} for anything but one `IMAGE:COMMIT`. */
function buildIn(verb: string, [word = '', ...more]: readonly string[]): Named {
  const [, image, beginning] = /^([^:]+):([0-9a-f]{4,64})$/.exec(word) ?? [];
  if (image !== undefined && beginning !== undefined && more.length === 0) return { image, beginning };
  throw new UsageError(
    `${verb} takes one build as IMAGE:COMMIT, such as web:4f2a9c1 (four digits or more of its commit)`,
  );
}

const Page = z.object({ items: z.array(BuildSummary) });

/** The whole commit, where only one of the image's builds begins so. */
async function commitOf(api: ApiClient, image: string, beginning: string): Promise<string> {
  if (isCommitSha(beginning)) return beginning;
  const { items } = await api.get(`builds?limit=200&image=${encodeURIComponent(image)}`, Page);
  const found = items.map(({ commit }) => commit).filter(commit => commit.startsWith(beginning));
  const [commit, ...others] = found;
  if (commit !== undefined && others.length === 0) return commit;
  const many = `${found.length} of its builds begin so: ${found.map(sha => sha.slice(0, 12)).join(', ')}`;
  const reason = commit === undefined ? 'none of its 200 newest builds begins so' : many;
  throw new CommandError(`Cannot find build "${image}:${beginning}": ${reason}`, exitCodes.failed);
}
