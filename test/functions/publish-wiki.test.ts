import test from 'ava';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import { buildFolder } from '../../shared/domain/results/result-names.ts';
import { builds, promotionRegister, promotions } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { createStack, SOURCE, STABLE, statesOf } from '../helpers/world/stack.ts';

const IMAGES = ['base', 'web'];
const WIKIS = { wikis: { ours: { url: 'https://github.com/acme/stack.wiki.git' } } };
const [COMMIT, OTHER] = ['1234567890'.repeat(4), 'abcdef0123'.repeat(4)];
const page = (image: string, tag: string) => `registry-example-stack-${image}-${tag}.md`;

/** A stack whose images were built here, each with a manifest page. */
async function openStack(more: object = WIKIS) {
  const stack = createStack(IMAGES, more);
  const built = async (image: string, tag: string, { commit = COMMIT, word = 'new' } = {}) => {
    const digest = stack.push(image, tag, word);
    const build: Build = {
      image,
      commit,
      repo: 'stack',
      digest,
      status: 'succeeded',
      steps: [],
      attempts: 0,
    };
    await stack.records.transact([], () => ({ result: undefined, writes: [put(builds, build)] }));
    await stack.around.artifacts.put(
      `${buildFolder({ image, commit })}/manifests/x.md`,
      `manifest of ${image} ${word}`,
    );
  };
  for (const image of IMAGES) await built(image, SOURCE);
  return { ...stack, built, pages: stack.around.wikis.pages('ours') };
}
const rows = (home = '') => home.split('\n').filter(line => line.includes('/stack/'));

test("a promotion that moved is shown: a row with the images' own commit, and copies of their pages", async t => {
  const stack = await openStack();
  stack.pages.set('Home.md', 'Ours\n').set('old-page.md', 'old');
  const number = await stack.ask();
  await stack.live();
  t.like(await stack.read(number), {
    phase: 'moved',
    due: undefined,
    pages: { state: 'shown', attempts: 0 },
  });
  t.deepEqual(
    [...stack.pages.keys()].sort(),
    ['Home.md', 'old-page.md', ...IMAGES.flatMap(image => [page(image, SOURCE), page(image, STABLE)])].sort(),
  );
  t.is(stack.pages.get(page('web', STABLE)), 'manifest of web new');
  t.is(stack.pages.get('old-page.md'), 'old');
  t.regex(
    stack.pages.get('Home.md') ?? '',
    /^Ours\n\n\| Commit \| Image \| Manifest \|\n\|-+\|-+\|-+\|\n\|`1234567`\|/,
  );
  t.deepEqual(stack.around.wikis.messages, [`[ci skip] Automated publish for ${COMMIT}`]);
});

test('the same quarter promoted again gives one row, an undo the row before, and the global tag its own page', async t => {
  const stack = await openStack();
  await stack.ask();
  await stack.live();
  for (const image of IMAGES) await stack.built(image, '2026.3-b2', { commit: OTHER, word: 'newer' });
  const second = await stack.ask({ from: '2026.3-b2' });
  await stack.live();
  t.is(rows(stack.pages.get('Home.md')).length, 1);
  t.regex(stack.pages.get('Home.md') ?? '', /`abcdef0`/);
  await stack.undo(second);
  await stack.live();
  t.is(rows(stack.pages.get('Home.md')).length, 1);
  t.regex(stack.pages.get('Home.md') ?? '', /`1234567`/);
  t.is(stack.pages.get(page('web', STABLE)), 'manifest of web new');
  await stack.ask({ from: STABLE, to: 'stable' });
  await stack.live();
  t.regex(
    stack.pages.get('Stable_Tag.md') ?? '',
    /\n\|`registry.example\/stack\/base:stable`<br>`registry.example\/stack\/web:stable`\|`registry.example\/stack\/base:2026.3-stable`<br>/,
  );
  t.is(stack.pages.get(page('base', 'stable')), 'manifest of base new');
});

test('a row goes with its tag', async t => {
  const stack = await openStack();
  const number = await stack.ask();
  await stack.live();
  await stack.undo(number);
  await stack.live();
  t.deepEqual(stack.named(STABLE), [undefined, undefined]);
  t.deepEqual(rows(stack.pages.get('Home.md')), []);
});

test('a dry run shows nothing in the wiki, and leaves what it would (DH-29)', async t => {
  const stack = await openStack();
  stack.pages.set('Home.md', 'Ours\n');
  const number = await stack.ask({ dryRun: true });
  await stack.live();
  t.deepEqual([...stack.pages], [['Home.md', 'Ours\n']]);
  const kept = async (path: string) =>
    new TextDecoder().decode(await stack.around.artifacts.get(`promotions/${number}/${path}`));
  t.is(rows(await kept('wikis/ours/Home.md')).length, 1);
  t.is(
    await kept('artifacts/IMAGES_TAGGED'),
    IMAGES.map(image => `registry.example/stack/${image}:${STABLE}\n`).join(''),
  );
  t.is(
    await kept('artifacts/IMAGES_ORIGINAL'),
    IMAGES.map(image => `registry.example/stack/${image}:${SOURCE}\n`).join(''),
  );
  t.is(await stack.around.artifacts.get(`promotions/${number}/artifacts/IMAGES_PUSHED`), undefined);
});

test('a wiki that cannot be written is tried again, says so on the promotion, and undoes nothing', async t => {
  const stack = await openStack();
  const { publish } = stack.around.wikis;
  const said: (string | undefined)[] = [];
  stack.around.wikis.publish = async (name, edit) => {
    said.push((await stack.read(1))?.pages?.message);
    if (said.length < 3) throw new Error('Cannot push to wiki "x": it is away; a secret of the tests');
    return publish(name, edit);
  };
  await stack.ask();
  await stack.live();
  t.deepEqual(said, [undefined, ...Array(2).fill('Cannot push to wiki "x": it is away; (secret)')]);
  t.like(await stack.read(1), { phase: 'moved', pages: { state: 'shown', message: undefined } });
  t.deepEqual(statesOf(await stack.read(1)), { base: 'moved', web: 'moved' });
});

test('what failed is shown nowhere; without a wiki the lists are kept all the same (DH-29)', async t => {
  const stack = await openStack();
  const number = await stack.ask({ from: '2026.3-nothing' });
  await stack.live();
  t.is((await stack.read(number))?.pages, undefined);
  t.is(stack.pages.size, 0);
  const without = await openStack({});
  const rehearsal = await without.ask({ dryRun: true });
  await without.live();
  t.like(await without.read(rehearsal), { due: undefined, pages: { state: 'shown' } });
  const path = `promotions/${rehearsal}/artifacts/IMAGES_TAGGED`;
  t.is(
    new TextDecoder().decode(await without.around.artifacts.get(path)),
    IMAGES.map(image => `registry.example/stack/${image}:${STABLE}\n`).join(''),
  );
});

test('however long it takes, a wiki never shows an older promotion of a tag than the newest that ended', async t => {
  const stack = await openStack();
  await stack.built('web', '2026.3-b2', { commit: OTHER, word: 'newer' });
  await stack.ask();
  const { publish } = stack.around.wikis;
  let tries = 0;
  stack.around.wikis.publish = async (name, edit) => {
    if (++tries > 1) return publish(name, edit);
    return publish(name, async read => {
      await edit(read);
      // Its push came too late: meanwhile the next promotion moved the tag, and its page is there.
      const number = await stack.ask({ from: '2026.3-b2', images: ['web'] });
      await stack.live();
      t.like(await stack.read(number), { phase: 'moved', pages: { state: 'shown' } });
      return edit(read);
    });
  };
  await stack.live();
  t.like(await stack.read(1), { pages: { state: 'shown' } });
  t.regex(stack.pages.get('Home.md') ?? '', /abcdef0/);
  t.is(stack.pages.get(page('web', STABLE)), 'manifest of web newer');
});

test('however often a promotion was tried or refused since, the row stays', async t => {
  const stack = await openStack();
  await stack.built('web', '2026.3-b2', { commit: OTHER, word: 'newer' });
  await stack.ask();
  await stack.live();
  const first = await stack.read(1);
  if (first === undefined) return t.fail();
  const refused = Array.from({ length: 250 }, (_, i) => {
    const phase = i % 2 === 0 ? 'refused' : 'rehearsed';
    const idle: Promotion = { ...first, number: i + 2, phase, dryRun: true };
    return put(promotions, idle);
  });
  const register = put(promotionRegister, { last: 251, underWay: [] });
  await stack.records.transact([], () => ({ result: undefined, writes: [...refused, register] }));
  await stack.ask({ from: '2026.3-b2', images: ['web'] });
  await stack.live();
  t.regex(stack.pages.get('Home.md') ?? '', /stack\/base:2026.3-stable/);
});

test('a page that others put up is copied for the image that it is of, and for no other', async t => {
  const stack = createStack(['web'], WIKIS);
  const pages = stack.around.wikis.pages('ours');
  pages.set(page('web', SOURCE), 'an old page');
  await stack.ask();
  await stack.live();
  t.is(pages.get(page('web', STABLE)), 'an old page');
  const toGlobal = { from: STABLE, to: 'stable' };
  await stack.ask(toGlobal);
  await stack.live();
  t.is(pages.get(page('web', 'stable')), 'an old page', 'it came that way');
  stack.push('web', STABLE, 'moved by hand');
  await stack.ask(toGlobal);
  await stack.live();
  t.regex(pages.get(page('web', 'stable')) ?? '', /^No manifest of this image was kept/);
  t.is(pages.get(page('web', STABLE)), 'an old page');
});

test('a wiki of some images shows those, and the row goes with the last of them', async t => {
  const stack = await openStack({ wikis: { ours: { ...WIKIS.wikis.ours, images: ['web'] } } });
  await stack.ask();
  await stack.live();
  t.deepEqual([...stack.pages.keys()].sort(), ['Home.md', page('web', SOURCE), page('web', STABLE)].sort());
  t.notRegex(stack.pages.get('Home.md') ?? '', /base/);
  const other = { from: SOURCE, to: 'other' };
  await stack.ask({ ...other, images: ['base'] });
  await stack.live();
  t.notRegex(stack.pages.get('Home.md') ?? '', /other/);
  const web = await stack.ask({ ...other, images: ['web'] });
  await stack.live();
  t.regex(stack.pages.get('Home.md') ?? '', /web:other/);
  await stack.undo(web);
  await stack.live();
  t.notRegex(stack.pages.get('Home.md') ?? '', /other/);
});

test('wherever a process crashes, the wiki shows the promotion in the end', async t => {
  for (let crashAt = 1; ; crashAt += 1) {
    const stack = await openStack();
    await stack.ask();
    const survived = await stack.live(crashAt);
    await stack.live();
    t.like(await stack.read(1), { phase: 'moved', pages: { state: 'shown' } }, `crash at ${crashAt}`);
    t.is(rows(stack.pages.get('Home.md')).length, 1);
    if (survived) break;
  }
});
