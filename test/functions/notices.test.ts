import test from 'ava';
import { builds, deliveries, services, tags } from '../../shared/records/collections.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { deliverNotice, imageOf, noticeOf, shopConfiguration } from '../helpers/world/shop.ts';

/** A life in which others build everything, whose branch is at `head`. */
async function startWatching(head = 'c5', more = {}) {
  const life = await startCalmLife({ configuration: shopConfiguration('none', { more }) });
  await life.push(undefined, head);
  return life;
}
type Life = Awaited<ReturnType<typeof startWatching>>;

async function outcome({ records }: Pick<Life, 'records'>, source = 'builds') {
  const found = await records.query(deliveries, { limit: 100 });
  const last = found.filter(delivery => delivery.source === source).at(-1);
  return `${last?.status}: ${last?.outcome ?? last?.lastError}`;
}

test('SK-21: the first notice of an image sets its tag and deploys it', async t => {
  const life = await startWatching();
  const digest = await life.built('web', 'c1');
  t.is((await life.notice('web', 'c1')).status, 202);
  t.like(await life.get(builds, 'web', shaOf('c1')), { status: 'succeeded', digest });
  t.like(await life.get(tags, 'web', 'prod'), {
    observed: { commit: shaOf('c1'), digest },
    due: undefined,
  } as object);
  t.like(await life.get(services, 'place', 'web'), { phase: 'running', observed: { digest } });
  t.deepEqual(await life.ledger('web'), ['c1 moved: the first image of the branch']);
});

test('SK-22: the same notice once more changes nothing', async t => {
  const life = await startWatching();
  await life.built('web', 'c1');
  await life.notice('web', 'c1');
  const before = life.documents.snapshot();
  let moved = 0;
  life.around.registry.onRetag = () => (moved += 1);
  t.is((await life.notice('web', 'c1')).status, 200);
  const after = life.documents.snapshot();
  for (const path of Object.keys(after).filter(path => !path.startsWith('deliveries/'))) {
    t.deepEqual(after[path], before[path], path);
  }
  t.is(moved, 0);
});

test('SK-23: a notice of an older commit moves nothing, and the refusal is kept', async t => {
  const life = await startWatching();
  for (const commit of ['c4', 'c2']) {
    await life.built('web', commit);
    await life.notice('web', commit);
  }
  t.deepEqual(await life.ledger('web'), [
    'c4 moved: the first image of the branch',
    'c2 refused: prod is 2 commits ahead',
  ]);
  t.is(life.around.target.running()['web'], digestOf('web', 'c4', ''));
});

test('SK-20: a try job moves nothing and asks no registry', async t => {
  const life = await startWatching();
  life.around.registry.head = async () => t.fail('the registry was asked') as never;
  await life.notice('web', 'c1', { tag: '123456_7' });
  t.is(await outcome(life), 'done: web:123456_7 is a try job, which moves nothing');
});

test('E.1: a release with an underscore in its tag is no try job', async t => {
  const life = await startWatching();
  await life.notice('web', 'c1', { tag: 'v1.2.3_0123456' });
  t.is(await outcome(life), 'done: web:v1.2.3_01234 is neither a commit nor a tag that is followed');
});

test('SK-32: a notice of an image that nobody configured is ignored', async t => {
  const life = await startWatching();
  await life.notice('other', 'c1');
  t.is(await outcome(life), 'ignored: not one of our images');
});

test('SK-25: an image without a followed tag is recorded and left alone', async t => {
  const life = await startWatching();
  await life.built('base', 'c1');
  await life.notice('base', 'c1');
  t.like(await life.get(builds, 'base', shaOf('c1')), { status: 'succeeded' });
  t.false(Object.keys(life.around.registry.tags()).some(name => name.endsWith(':prod')));
});

test('SK-26: an image with a tag and no service is tagged, and nothing is deployed', async t => {
  const more = {
    images: { tool: imageOf('tool', { builder: 'none' }) },
    tags: { edge: { images: ['tool'] } },
  };
  const life = await startWatching('c5', more);
  const digest = await life.built('tool', 'c1');
  await life.notice('tool', 'c1');
  t.is(life.around.registry.tags()['registry.example/shop/tool:edge'], digest);
  t.deepEqual(life.around.target.running(), {});
});

test('A.5-11: a notice of another repo is left alone', async t => {
  const life = await startWatching();
  await life.built('web', 'c1');
  await life.notice('web', 'c1', { repo: 'https://git.example/evil/shop.git' });
  t.is(await outcome(life), `done: web:${shaOf('c1').slice(0, 12)} is of another repo than shop`);
  t.is(await life.get(builds, 'web', shaOf('c1')), undefined);
});

test('A.5-11: an image that is not in the registry is asked for again until it is there', async t => {
  const life = await startWatching();
  await life.notice('web', 'c1');
  t.regex(
    await outcome(life),
    /^waiting: Cannot settle the notice: registry.example\/shop\/web:\w+ is not in its registry$/,
  );
  await life.later(30_000);
  t.regex(await outcome(life), /^waiting/);
  const digest = await life.built('web', 'c1');
  await life.later(60_000);
  t.regex(await outcome(life), /^done: web:\w+ succeeded$/);
  t.is(life.around.target.running()['web'], digest);
});

test('A registry that is away for half a day costs no notice', async t => {
  const life = await startWatching();
  const digest = await life.built('web', 'c1');
  const { head } = life.around.registry;
  life.around.registry.head = async () => Promise.reject(new Error('no route to the registry'));
  await life.notice('web', 'c1');
  for (let tenMinutes = 0; tenMinutes < 72; tenMinutes++) await life.later(600_000);
  t.is(await outcome(life), 'waiting: no route to the registry');
  life.around.registry.head = head;
  await life.later(600_000);
  t.is(life.around.target.running()['web'], digest);
});

test('An image that never comes is given up after some days, with the reason', async t => {
  const life = await startWatching();
  await life.notice('web', 'c1');
  for (let tenMinutes = 0; tenMinutes < 2 * 144; tenMinutes++) await life.later(600_000);
  t.regex(await outcome(life), /^failed: Cannot settle the notice/);
});

test('SK-31, TB-3: a notice that cannot be understood is refused at once', async t => {
  const life = await startWatching();
  t.is((await life.notice('web', 'c1', { tag: undefined })).status, 400);
});

test('A notice whose digest is not in the registry is not believed', async t => {
  const life = await startWatching();
  await life.built('web', 'c1');
  await life.notice('web', 'c1', { digest: digestOf('made up') });
  t.regex(await outcome(life), /^waiting: .*is not in its registry$/);
  t.deepEqual(life.around.target.running(), {});
});

test('A failure is recorded with the reason of whoever built', async t => {
  const life = await startWatching();
  await life.notice('web', 'c5', { status: 'failure', message: 'npm test failed' });
  t.like(await life.get(builds, 'web', shaOf('c5')), { status: 'failed', lastError: 'npm test failed' });
});

test('A rebuild of the same commit takes the tag if it started later, whichever notice comes first', async t => {
  for (const order of [
    ['1', '2'],
    ['2', '1'],
  ]) {
    const life = await startWatching();
    for (const build of order) {
      const digest = await life.built('web', 'c5', build);
      await life.notice('web', 'c5', { digest, build_id: build, started_at: `2026-03-01T0${build}:00:00Z` });
    }
    t.is(life.around.registry.tags()['registry.example/shop/web:prod'], digestOf('web', 'c5', '2'));
  }
});

test('A rebuild whose start nobody told waits for a person, visibly', async t => {
  const life = await startWatching();
  for (const build of ['1', '2']) {
    const digest = await life.built('web', 'c5', build);
    await life.notice('web', 'c5', { digest });
  }
  t.regex(
    (await life.ledger('web')).join('\n'),
    /c5 waiting: another build of this commit \(\w{12}\) has prod, and which started later is not known$/,
  );
});

test('A notice that comes again while it is settled is settled again: the image may be another by now', async t => {
  const life = await startWatching();
  await life.built('web', 'c5', '1');
  const { head } = life.around.registry;
  let rebuilt = false;
  life.around.registry.head = async image => {
    const found = await head(image);
    if (!rebuilt && image.tag === shaOf('c5')) {
      rebuilt = true;
      await life.built('web', 'c5', '2');
      t.is((await deliverNotice(life.hooks(), noticeOf('web', 'c5'))).status, 200);
    }
    return found;
  };
  await life.notice('web', 'c5');
  t.is(life.around.target.running()['web'], digestOf('web', 'c5', '2'));
});
