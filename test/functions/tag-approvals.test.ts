import test from 'ava';
import { Status, Voiced } from '../../functions/api/answers.ts';
import { statusText } from '../../infra/cli/text/status-text.ts';
import { gates, tags } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const IMAGES = ['web', 'api'] as const;
const COMMITS = ['c1', 'c2', 'c3', 'c4', 'c5'];
const HOUR = 3_600_000;

const digest = (commit: string, image = 'web') => digestOf(image, commit, '');

/** A life whose `web:prod`, and `stack` of both images as a whole, move after two people approved; the branch is at c5. */
async function begin(staff: object = {}) {
  const people = ['people'];
  const configuration = shopConfiguration('none', {
    more: {
      tags: {
        prod: { images: ['web'], gates: people },
        stack: { images: IMAGES, whole: true, gates: people },
        plain: { images: IMAGES },
      },
      gates: {
        people: { kind: 'approval', count: 2, deadline: '2h', ...staff },
        gpu: { kind: 'command', run: ['pytest'] },
      },
      services: {
        api: { target: 'place', image: 'api', tag: 'stack' },
        jobs: { target: 'place', image: 'web', tag: 'stack' },
      },
    },
  });
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  const call = (path: string, body: object) => callApiOf(life, configuration, path, { body });
  return {
    ...life,
    configuration,
    async build(commit: string, image = 'web') {
      await life.built(image, commit);
      await life.notice(image, commit);
    },
    call,
    say: (verb: 'approve' | 'refuse', commit: string, by: string, at = 'web/prod') =>
      call(`tags/${at}/gates/people/${verb}`, { by, commit: shaOf(commit).slice(0, 7) }),
    at(tag = 'prod', image = 'web') {
      const found = life.around.registry.tags()[`registry.example/shop/${image}:${tag}`];
      return COMMITS.find(commit => digest(commit, image) === found);
    },
    last: async (tag?: string) => (await life.ledger('web', tag)).at(-1),
    question: (commit: string, tag = 'prod', image = 'web') =>
      life.get(gates, image, digest(commit, image), `people:${tag}`),
  };
}
type Life = Awaited<ReturnType<typeof begin>>;

async function approved(life: Life, commit: string) {
  for (const by of ['Ada', 'Grace']) await life.say('approve', commit, by);
}

test('A tag moves to the newest commit once enough people have approved that commit', async t => {
  const life = await begin();
  await life.build('c1');
  t.is(life.at(), undefined);
  const once = await life.say('approve', 'c1', 'Ada');
  t.is(once.status, 202);
  t.like(Voiced.parse(once.json), {
    results: [{ gate: 'people', tag: 'prod', commit: shaOf('c1'), state: 'waiting' }],
  });
  await life.say('approve', 'c1', 'Ada');
  t.is(life.at(), undefined, 'each person has one voice');
  await life.say('approve', 'c1', 'Grace');
  t.is(life.at(), 'c1');
  t.like(await life.question('c1'), {
    ...{ state: 'passed', reason: 'approved by Ada, Grace', commit: shaOf('c1'), due: undefined },
    voices: [
      { by: 'Ada', approves: true },
      { by: 'Grace', approves: true },
    ],
  });
  t.is(await life.last(), 'c1 moved: the first image of the branch');
  t.regex(
    (await life.say('approve', 'c1', 'Joan')).detail,
    /^Cannot approve gate "people" of web:prod: it has passed already: approved by Ada, Grace$/,
  );
});

test('What waits for people says who must approve what until when, and with which command', async t => {
  const life = await begin({ from: ['Ada', 'Grace'] });
  await life.build('c1');
  const { approval } = (await life.question('c1')) ?? {};
  const words = `gate "people" of web waits: 0 of 2 people of Ada, Grace approved it; until ${approval?.until} people say so with headway approve web:prod@${shaOf('c1').slice(0, 7)} people`;
  t.is(await life.last(), `c1 waiting: ${words}`);
  t.like(await life.get(tags, 'web', 'prod'), { asks: [{ gate: 'people', people: shaOf('c1') }] });
  const why = await callApiOf(life, life.configuration, 'services/place/web/why', { method: 'GET' });
  t.true(JSON.stringify(why.json).includes(JSON.stringify(words).slice(1, -1)));
  const { json } = await callApiOf(life, life.configuration, 'status', { method: 'GET' });
  const looks = { url: '', paint: (_: string, text: string) => text, width: 1_000 };
  t.true(statusText(Status.parse(json), looks).includes(words));
  await life.say('approve', 'c1', 'Ada');
  t.regex((await life.last()) ?? '', /1 of 2 people of Ada, Grace approved it \(so far Ada\)/);
  t.regex((await life.say('approve', 'c1', 'Joan')).detail, /"Joan" has no voice there; Ada and Grace have/);
});

test('One no keeps a commit out, and a newer commit is asked about anew', async t => {
  const life = await begin();
  await life.build('c1');
  await life.say('approve', 'c1', 'Ada');
  await life.say('refuse', 'c1', 'Grace');
  t.is(await life.last(), 'c1 refused: gate "people" of web failed (Grace refused it)');
  t.like(await life.get(tags, 'web', 'prod'), { candidates: [], due: undefined });
  await life.build('c2');
  t.like(await life.question('c2'), { state: 'waiting', reason: '0 of 2 people approved it' });
  await approved(life, 'c2');
  t.is(life.at(), 'c2');
});

test('Who has not spoken in time has not approved; a person has it asked again', async t => {
  const life = await begin();
  await life.build('c1');
  await life.later(HOUR);
  await life.say('approve', 'c1', 'Ada');
  await life.later(HOUR);
  t.regex((await life.last()) ?? '', /^c1 refused: .*only 1 of 2 people approved it \(so far Ada\) by /);
  t.like(await life.question('c1'), { state: 'failed', due: undefined });
  t.is((await life.say('approve', 'c1', 'Grace')).status, 422);
  t.is(life.at(), undefined);
  const ask = { by: 'Ada', image: 'web', tag: 'prod' };
  t.is((await life.call('gates/people/ask', ask)).status, 202);
  await approved(life, 'c1');
  t.is(life.at(), 'c1');
});

test('A newer commit is asked about first; one that is behind it may still be approved before', async t => {
  const life = await begin();
  await life.build('c1');
  await life.say('approve', 'c1', 'Ada');
  await life.build('c2');
  t.like(await life.get(tags, 'web', 'prod'), { asks: [{ people: shaOf('c2') }] });
  await life.say('approve', 'c1', 'Grace');
  t.is(life.at(), 'c1');
  await approved(life, 'c2');
  t.is(life.at(), 'c2');
  await life.build('c4');
  await life.build('c5');
  await approved(life, 'c5');
  t.is(life.at(), 'c5');
  t.regex((await life.say('approve', 'c4', 'Ada')).detail, /nobody is asked about that commit now/);
  await life.later(24 * HOUR);
  t.is(await life.last(), 'c5 moved: a newer commit', 'an older question ends without a word');
});

test('When people refuse the newest, the one behind it has its time again', async t => {
  const life = await begin();
  await life.build('c1');
  await life.later(HOUR * 1.5);
  await life.build('c2');
  await life.say('refuse', 'c2', 'Ada');
  await life.later(HOUR * 0.4);
  await approved(life, 'c1');
  t.is(life.at(), 'c1');
});

test('One voice counts for all images of a tag that moves as a whole, and for no other tag', async t => {
  const life = await begin();
  for (const image of IMAGES) await life.build('c1', image);
  const once = await life.say('approve', 'c1', 'Ada', 'api/stack');
  t.like(once.json, { results: [{ image: 'web' }, { image: 'api' }] });
  await life.say('approve', 'c1', 'Grace', 'web/stack');
  t.deepEqual([life.at('stack'), life.at('stack', 'api'), life.at('prod')], ['c1', 'c1', undefined]);
  t.like(await life.question('c1', 'stack', 'api'), { state: 'passed' });
  for (const image of IMAGES) await life.build('c2', image);
  await life.say('refuse', 'c2', 'Ada', 'web/stack');
  t.deepEqual([life.at('stack'), life.at('stack', 'api')], ['c1', 'c1']);
});

test('With other settings people are asked again', async t => {
  const life = await begin();
  await life.build('c1');
  await life.say('approve', 'c1', 'Ada');
  const more = {
    ...life.configuration.gates,
    people: { kind: 'approval', count: 1, deadline: '1h' } as const,
  };
  await life.restart({ ...life.configuration, gates: more });
  await life.later(60_000);
  t.like(await life.question('c1'), { approval: { count: 1 }, state: 'waiting', voices: undefined });
  t.is(life.at(), undefined);
});

const refusals: readonly (readonly [path: string, body: object, words: RegExp])[] = [
  ['tags/web/plain/gates/people/approve', { commit: shaOf('c1') }, /does not put that gate before this tag/],
  ['tags/web/prod/gates/gpu/approve', { commit: shaOf('c1') }, /does not put that gate before this tag/],
  ['tags/web/prod/gates/people/approve', { commit: 'abcdef012' }, /no commit that begins with abcdef012/],
  ['tags/web/prod/gates/people/approve', { commit: shaOf('c4') }, /nobody is asked about that commit/],
  ['gates/people/ask', { image: 'web' }, /name the tag that would move/],
  ['gates/people/ask', { image: 'web', tag: 'plain' }, /asks people, about promotions and tags that move/],
];
test('What nobody is asked about takes no voice', async t => {
  const life = await begin();
  await life.build('c1');
  for (const [path, body, words] of refusals) {
    const { status, detail } = await life.call(path, { by: 'Ada', ...body });
    t.is(status, 422, path);
    t.regex(detail, words);
  }
  t.is((await life.call('tags/web/prod/gates/people/approve', { commit: 'main' })).status, 400);
});
