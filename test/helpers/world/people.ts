import { createApi } from '../../../functions/api/handler.ts';
import type { Configuration } from '../../../shared/domain/configuration/schema.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { Documents } from '../../../shared/ports/documents.ts';
import { tags } from '../../../shared/records/collections.ts';
import { createRecords, type Records } from '../../../shared/records/records.ts';
import { signatures } from '../../../shared/runtime/signatures.ts';
import { silentLog as log } from '../silent-log.ts';
import type { Surroundings } from './world.ts';

type Options = {
  readonly around: Surroundings;
  readonly configuration: Configuration;
  /** What they think of a commit for a tag. Who is silent lets its time pass. */
  readonly think: (tag: string, commit: string) => 'yes' | 'no' | 'nothing';
};

/** Two people who look now and then at what tags ask them, and say what they think: one at the first look, the other at the next. */
export function createPeople({ around, configuration, think }: Options) {
  const said = new Map<string, string[]>();
  const heard = (word: string, tag: string, commit: string) => said.get(`${word} ${tag} ${commit}`) ?? [];

  return {
    /** Who said yes, by tag and commit. */
    yes: (tag: string, commit: string): readonly string[] => heard('yes', tag, commit),
    /** True when somebody is still asked something. */
    async look(documents: Documents): Promise<boolean> {
      const records = createRecords(documents);
      const asked = await askedNow(records);
      for (const { commit, path, tag } of asked) {
        const word = think(tag, commit);
        if (word === 'nothing') continue;
        const before = heard(word, tag, commit);
        const by = before.includes('Ada') ? 'Grace' : 'Ada';
        const verb = word === 'yes' ? 'approve' : 'refuse';
        const status = await say(records, `${path}/${verb}`, { by, commit: shortSha(commit) });
        if (status === 202) said.set(`${word} ${tag} ${commit}`, [...new Set([...before, by])]);
      }
      return asked.length > 0;
    },
  };

  async function say(records: Records, path: string, body: object): Promise<number> {
    const api = createApi({
      ...{ records, configuration, log, signatures, clock: around.clock, artifacts: around.artifacts },
      hints: { publish: async () => {}, listen: () => async () => {} },
      ...{ token: 'a-token', loopback: true, version: 'test', assets: new Map() },
    });
    const answer = await api({
      method: 'POST',
      path,
      query: new URLSearchParams(),
      headers: { host: '127.0.0.1', authorization: 'Bearer a-token', 'content-type': 'application/json' },
      body: new TextEncoder().encode(JSON.stringify(body)),
      signal: new AbortController().signal,
    });
    return answer.status;
  }
}

async function askedNow(records: Records) {
  const found = await records.query(tags, { limit: 100 });
  return found.flatMap(({ image, tag, asks = [] }) =>
    asks.flatMap(({ gate, people: commit }) =>
      commit === undefined ? [] : [{ tag, commit, path: `/api/v1/tags/${image}/${tag}/gates/${gate}` }],
    ),
  );
}
