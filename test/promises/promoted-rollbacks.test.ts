import test from 'ava';
import fc from 'fast-check';
import { promotions } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const COMMITS = ['c1', 'c2', 'c3', 'c4'];
const STABLE = '2026.3-stable';
const RUNS = Math.ceil(Number(process.env['HEADWAY_SCHEDULES'] ?? 50) / 2);

const commit = fc.constantFrom(...COMMITS);
const word = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('promote' as const), commit, past: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('back' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('back' as const), commit }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const) }) },
);
type Word = typeof word extends fc.Arbitrary<infer W> ? W : never;

/** What people expect: where the tag is, by which way it came there, and whether somebody took it back. */
type Expected = { readonly path: readonly string[]; readonly held: boolean };

function expectedAfter({ path, held }: Expected, said: Word): Expected {
  const to = (commit: string) => {
    const before = path.indexOf(commit);
    return before < 0 ? [...path, commit] : path.slice(0, before + 1);
  };
  if (said.kind === 'release') return { path, held: false };
  if (said.kind === 'promote') return held && !said.past ? { path, held } : { path: to(said.commit), held };
  const aim = 'commit' in said ? said.commit : path.at(-2);
  return aim === undefined ? { path, held } : { path: to(aim), held: true };
}

async function live(words: readonly Word[]) {
  const configuration = shopConfiguration('none');
  const life = await startCalmLife({ configuration });
  const repository = { registry: 'registry.example', repository: 'shop/web' };
  const digest = (commit: string) => digestOf('web', commit, '');
  for (const each of COMMITS)
    life.around.registry.push({ ...repository, tag: `2026.3-${each}` }, digest(each));
  const seen: (string | undefined)[] = [];
  for (const said of words) {
    const wish =
      said.kind === 'promote'
        ? { from: `2026.3-${said.commit}`, images: ['web'], pastHold: said.past }
        : {
            ...(said.kind === 'back' && { why: 'slow' }),
            ...('commit' in said && { digest: digest(said.commit) }),
          };
    const verb = said.kind === 'back' ? 'rollback' : said.kind;
    const path = said.kind === 'promote' ? 'promotions' : `tags/web/${STABLE}/${verb}`;
    await callApiOf(life, configuration, path, { body: { by: 'Ada', ...wish } });
    const named = life.around.registry.tags()[`registry.example/shop/web:${STABLE}`];
    seen.push(COMMITS.find(each => digest(each) === named));
  }
  const open = await life.records.query(promotions, { limit: 100 });
  return { seen, open: open.filter(({ due }) => due !== undefined).length };
}

test('Holds hold: a promoted tag that was taken back goes forward by nobody’s word but theirs who go past that, and each step back undoes one', async t => {
  const moves = { held: 0, back: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 12 }), async words => {
      let expected: Expected = { path: [], held: false };
      const ends = words.map(said => {
        const before = expected;
        expected = expectedAfter(expected, said);
        if (said.kind === 'promote' && before.held && !said.past) moves.held++;
        if (said.kind === 'back' && expected !== before) moves.back++;
        return expected.path.at(-1);
      });
      t.deepEqual(await live(words), { seen: ends, open: 0 });
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  t.log(moves);
  t.true(moves.held > 0 && moves.back > 0);
});
