import test from 'ava';
import { builds, services, tags } from '../../shared/records/collections.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, prod, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

test('SK-24: a newer commit is tagged, recorded and deployed, in that order', async t => {
  const life = await startOn(['c1']);
  const order: string[] = [];
  life.around.registry.onRetag = (_, __, to) => void order.push(`tagged ${to === digestOf('web', 'c2', '')}`);
  const { deploy } = life.around.target;
  life.around.target.deploy = async (its, signal) => {
    order.push(`recorded ${(await prod(life))?.observed?.commit === shaOf('c2')}`, 'deployed');
    return deploy(its, signal);
  };
  await notify(life, 'c2');
  t.deepEqual(order, ['tagged true', 'recorded true', 'deployed']);
  t.deepEqual(await life.ledger('web'), [
    'c1 moved: the first image of the branch',
    'c2 moved: a newer commit',
  ]);
});

test('SK-27, SK-28: a registry that fails leaves the tag due later with what went wrong, and deploys nothing', async t => {
  const life = await startOn(['c1']);
  const { retag } = life.around.registry;
  life.around.registry.retag = async () => Promise.reject(new Error('no route to the registry'));
  await notify(life, 'c2');
  t.like(await prod(life), {
    attempts: 1,
    lastError: 'no route to the registry',
    claim: undefined,
    wanted: { commit: shaOf('c2') },
    observed: { commit: shaOf('c1') },
  } as object);
  const due = (await prod(life))?.due ?? '';
  t.true(Date.parse(due) > life.around.clock.now(), 'later, not now');
  t.is(life.around.target.running()['web'], digestOf('web', 'c1', ''));
  await life.later(1_500);
  t.like(await prod(life), { attempts: 2 });
  life.around.registry.retag = retag;
  await life.later(5_000);
  t.like(await prod(life), {
    attempts: 0,
    lastError: undefined,
    due: undefined,
    observed: { commit: shaOf('c2') },
  } as object);
  t.is(life.around.target.running()['web'], digestOf('web', 'c2', ''));
});

test('Unknown is not different: while the order is not known nothing moves, and it is asked again', async t => {
  const life = await startOn(['c1']);
  const { compare } = life.around.forge;
  life.around.forge.compare = async () => ({ relation: 'unknown' });
  await notify(life, 'c2');
  t.like(await prod(life), { observed: { commit: shaOf('c1') }, candidates: [{ commit: shaOf('c2') }] });
  t.is((await life.ledger('web')).at(-1), 'c2 waiting: the order of this commit on main is not known');
  life.around.forge.compare = compare;
  await life.later(10_000);
  t.like(await prod(life), {
    observed: { commit: shaOf('c2') },
    candidates: { length: 0 },
    due: undefined,
  } as object);
});

test('A forge that cannot be reached is told on the tag until it answers', async t => {
  const life = await startOn(['c3']);
  const { compare } = life.around.forge;
  life.around.forge.compare = async () => Promise.reject(new Error('no route to the forge'));
  await notify(life, 'c2');
  t.like(await prod(life), { lastError: 'no route to the forge', candidates: { length: 1 } });
  life.around.forge.compare = compare;
  await life.later(10_000);
  t.like(await prod(life), { lastError: undefined, due: undefined, candidates: { length: 0 } } as object);
});

test('onRewrite wait: a rewritten history waits for a person, visibly', async t => {
  const life = await startOn(['c5']);
  await life.push('c5', 'r4', { forced: true });
  await notify(life, 'r4');
  t.is(inRegistry(life), digestOf('web', 'c5', ''));
  t.regex(
    (await life.ledger('web')).at(-1) ?? '',
    /^r4 waiting: the history of main was rewritten and no longer holds/,
  );
  await life.later(24 * 3_600_000);
  t.is(inRegistry(life), digestOf('web', 'c5', ''));
});

test('onRewrite follow: a rewritten history is taken, and what was given up is refused', async t => {
  const life = await startOn(['c4'], { onRewrite: 'follow' });
  await life.push('c5', 'r4', { forced: true });
  await notify(life, 'r4');
  t.is(inRegistry(life), digestOf('web', 'r4', ''));
  t.is((await life.ledger('web')).at(-1), 'r4 moved: the history of main was rewritten');
  await notify(life, 'c5');
  t.is((await life.ledger('web')).at(-1), 'c5 refused: the commit is not on branch main');
  t.is(inRegistry(life), digestOf('web', 'r4', ''));
});

test('A notice that comes before its push waits for it', async t => {
  const life = await startOn(['c5'], { onRewrite: 'follow' });
  await notify(life, 'r4');
  t.regex((await life.ledger('web')).at(-1) ?? '', /^r4 (refused|waiting)/);
  await life.push('c5', 'r4', { forced: true });
  t.is(inRegistry(life), digestOf('web', 'r4', ''));
});

test('A tag whose mover died is moved when the claim has ended, and not before', async t => {
  const life = await startOn(['c1']);
  const until = new Date(life.around.clock.now() + 30_000).toISOString();
  const known = await prod(life);
  if (known === undefined) return t.fail();
  const wanted = { commit: shaOf('c2'), digest: await life.built('web', 'c2'), at: until };
  await life.put(tags, {
    ...known,
    wanted,
    claim: { by: 'the dead', until },
    due: until,
    attempted: [wanted.digest],
  });
  await notify(life, 'c3');
  await life.later(20_000);
  t.is(inRegistry(life), digestOf('web', 'c1', ''), 'whoever looks leaves it to whom it is claimed by');
  await life.later(11_000);
  t.like(await prod(life), {
    observed: { commit: shaOf('c3') },
    attempted: { length: 0 },
    due: undefined,
  } as object);
});

test('A tag that the configuration no longer gives the image is moved no more, and wants nothing', async t => {
  const life = await startOn(['c1']);
  life.around.registry.retag = async () => Promise.reject(new Error('not now'));
  await notify(life, 'c2');
  const only = shopConfiguration('none', {
    more: {
      tags: { prod: { images: ['api', 'jobs'] } },
      services: { web: { target: 'place', image: 'api', tag: 'prod' } },
    },
  });
  await life.restart(only);
  await life.later(60_000);
  t.like(await prod(life), { due: undefined } as object);
  t.is(inRegistry(life), digestOf('web', 'c1', ''));
});

test('Two tags of one image each follow their own branch', async t => {
  const life = await startOn(['c3'], { more: { tags: { lts: { images: ['web'], branch: 'release' } } } });
  await life.push(undefined, 'r4', { branch: 'release' });
  await notify(life, 'r4');
  await notify(life, 'c4');
  t.is(inRegistry(life), digestOf('web', 'c4', ''));
  t.is(life.around.registry.tags()['registry.example/shop/web:lts'], digestOf('web', 'r4', ''));
  t.true((await life.ledger('web')).includes('r4 refused: the commit is not on branch main'));
  t.true((await life.ledger('web', 'lts')).includes('c4 refused: the commit is not on branch release'));
});

test('One digest for two commits: the tag tells the newer one, and nothing is deployed again', async t => {
  const life = await startOn(['c1']);
  life.around.target.deploy = async () => t.fail('it was deployed again') as never;
  const digest = digestOf('web', 'c1', '');
  await life.notice('web', 'c2', { digest });
  t.like(await prod(life), { observed: { commit: shaOf('c2'), digest }, due: undefined } as object);
  t.like(await life.get(services, 'place', 'web'), { phase: 'running', due: undefined } as object);
  t.like(await life.get(builds, 'web', shaOf('c2')), { digest });
});
