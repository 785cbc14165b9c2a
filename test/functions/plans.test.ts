import test from 'ava';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { branches, builds, commits } from '../../shared/records/collections.ts';
import { startShop, told } from '../helpers/world/changing-shop.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { pushOf } from '../helpers/world/shop.ts';

test('What changed is built, and the rest is carried: each commit is a whole stack', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  t.deepEqual(await told(life, 'c1'), [
    'base: succeeded, since nothing of main was built before',
    'web: succeeded, since nothing of main was built before and it stands on base, which is built',
    'api: succeeded, since nothing of main was built before and it stands on base, which is built',
  ]);
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    'base: succeeded, carried from c1',
    'web: succeeded, since web/a changed',
    'api: succeeded, carried from c1',
  ]);
  const [before, after] = [
    await life.get(builds, 'api', shaOf('c1')),
    await life.get(builds, 'api', shaOf('c2')),
  ];
  t.is(after?.digest, before?.digest);
  const served = await life.around.registry.head({
    registry: 'registry.example',
    repository: 'shop/api',
    tag: shaOf('c2'),
  });
  t.is(served?.digest, before?.digest, 'the registry has it under the new commit too');
  t.is(life.around.target.running()['web'], (await life.get(builds, 'web', shaOf('c2')))?.digest);
});

test('DH-7: what is carried has a result of its own, and the pages of the build that made it', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  for (const [before, after] of [
    ['c1', 'c2'],
    ['c2', 'c3'],
  ] as const) {
    write(after, { 'README.md': after });
    await life.push(before, after);
  }
  for (const image of ['base', 'web', 'api']) {
    const taken = await life.get(builds, image, shaOf('c3'));
    t.is(taken?.results, `builds/${image}/${shaOf('c1')}`);
    t.truthy(taken?.keptAt);
    const name = `registry.example-shop-${image}-${shaOf('c3')}.yaml`;
    const result = life.around.artifacts.text(`builds/${image}/${shaOf('c3')}/artifacts/${name}`);
    t.regex(result ?? '', /^success: true\n(?:.*\n)* {2}image_built: false\n/);
  }
});

test('A parent that is built anew has all that stands on it built, and a change of nothing builds nothing', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  write('c2', { 'base/Dockerfile': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    'base: succeeded, since base/Dockerfile changed',
    'web: succeeded, since it stands on base, which is built',
    'api: succeeded, since it stands on base, which is built',
  ]);
  write('c3', { 'README.md': '3' });
  await life.push('c2', 'c3');
  t.deepEqual(
    await told(life, 'c3'),
    ['base', 'web', 'api'].map(image => `${image}: succeeded, carried from c2`),
  );
});

test('A change whose build failed is not forgotten with the next push', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    if (order.image.repository === 'shop/web') throw new BuildFailure('the Dockerfile is broken');
    return build(order, ...rest);
  };
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  life.around.builder.build = build;
  write('c3', { 'api/a': '3' });
  await life.push('c2', 'c3');
  t.deepEqual(await told(life, 'c3'), [
    'base: succeeded, carried from c2',
    'web: succeeded, since web/a changed',
    'api: succeeded, since api/a changed',
  ]);
});

test('An image that is missing from the registry is built together with what stands on it (B.5-2)', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  const base = await life.get(builds, 'base', shaOf('c1'));
  life.around.registry.forget(base?.digest ?? '');
  const { build } = life.around.builder;
  life.around.builder.build = (order, ...rest) =>
    build({ ...order, args: { ...order.args, BASE: `${order.args['BASE'] ?? ''} anew` } }, ...rest);
  write('c2', { 'README.md': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    `base: succeeded, since the image of ${shaOf('c1').slice(0, 7)} is not in the registry`,
    'web: succeeded, since it stands on an older base',
    'api: succeeded, since it stands on an older base',
  ]);
});

test('Where parents are reused, what did not change stays on the parent that it was built on, and says so', async t => {
  const { life, write } = await startShop({ parents: 'reuse' });
  await life.push(undefined, 'c1');
  const base = await life.get(builds, 'base', shaOf('c1'));
  life.around.registry.forget(base?.digest ?? '');
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    `base: succeeded, since the image of ${shaOf('c1').slice(0, 7)} is not in the registry`,
    'web: succeeded, since web/a changed',
    'api: succeeded, carried from c1',
  ]);
  t.is((await life.get(builds, 'api', shaOf('c2')))?.parentDigest, base?.digest);
  write('c3', { 'base/Dockerfile': '3' });
  await life.push('c2', 'c3');
  t.regex((await told(life, 'c3'))[2] ?? '', /^api: succeeded, since it stands on base, which is built$/);
});

test('DH-20: a message that asks for a full rebuild has it; one that says skip ci has nothing', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  write('c2', {}, 'Full Rebuild, please');
  await life.push('c1', 'c2');
  t.regex((await told(life, 'c2'))[0] ?? '', /^base: succeeded, since a message says "full rebuild"/);
  write('c3', { 'web/a': '3' }, 'Words only [skip ci]');
  await life.push('c2', 'c3');
  t.deepEqual(await told(life, 'c3'), ['nothing', 'nothing', 'nothing']);
  write('c4', { 'README.md': '4' });
  await life.push('c3', 'c4');
  t.deepEqual(
    await told(life, 'c4'),
    [
      'base: succeeded, carried from c2',
      'web: succeeded, since web/a changed',
      'api: succeeded, carried from c2',
    ],
    'what was skipped is not forgotten',
  );
});

test('The first push of a branch builds everything, or reuses what the tracked branch has', async t => {
  for (const parents of ['rebuild', 'reuse'] as const) {
    const { life, write } = await startShop({ branches: ['r*'], parents });
    await life.push(undefined, 'c1');
    write('r3', { 'web/a': '3' });
    await life.push(undefined, 'r3', { branch: 'rework' });
    const reasons = (await told(life, 'r3')).map(text => text.replace(/^\w+: succeeded, /, ''));
    if (parents === 'reuse')
      t.deepEqual(reasons, ['carried from c1', 'since web/a changed', 'carried from c1']);
    else t.true(reasons.every(reason => reason.startsWith('since nothing of rework was built before')));
    t.like(await life.get(branches, 'shop', 'rework'), { planned: shaOf('r3') });
  }
});

test('DH-20: the words are looked for in the whole message, also where everything is built whatever changed', async t => {
  const { life } = await startShop({ plan: 'everything' });
  const push = pushOf(undefined, 'c1');
  const commit = { ...push.head_commit, message: 'Words only\n\nof the manual [skip ci]' };
  await life.deliver({ ...push, commits: [commit], head_commit: commit });
  t.deepEqual(await told(life, 'c1'), ['nothing', 'nothing', 'nothing']);
  t.like(await life.get(commits, 'shop', shaOf('c1')), { subject: 'Words only' });
});
