import test from 'ava';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, prod, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

test('Somebody moves prod to a known image: that is their word, and only what is newer passes from there', async t => {
  const life = await startOn(['c1', 'c2', 'c3']);
  await life.pushTag('web', 'prod', digestOf('web', 'c1', ''));
  t.is((await life.ledger('web')).at(-1), 'c1 moved: somebody moved prod outside headway');
  t.is(life.around.target.running()['web'], digestOf('web', 'c1', ''), 'what follows prod follows it there');
  await life.notice('web', 'c3');
  t.is(inRegistry(life), digestOf('web', 'c1', ''), 'an old notice that comes again does not undo it');
  await notify(life, 'c4');
  t.is(inRegistry(life), digestOf('web', 'c4', ''));
});

test('Somebody moves prod to an image that nobody knows: it waits there, told once, and goes on when it is back', async t => {
  const life = await startOn(['c1']);
  await life.pushTag('web', 'prod', digestOf('a stranger'));
  t.like(await prod(life), { hold: { by: 'the registry' } });
  await notify(life, 'c2');
  await life.later(10 * 60_000);
  t.is(inRegistry(life), digestOf('a stranger'), 'holds hold');
  t.is(life.around.target.running()['web'], digestOf('web', 'c1', ''), 'unknown is not different');
  const told = (await life.ledger('web')).filter(line => line.includes('which no build is known of'));
  t.is(told.length, 1);
  life.around.registry.push(
    { registry: 'registry.example', repository: 'shop/web', tag: 'prod' },
    digestOf('web', 'c1', ''),
  );
  await life.later(61_000);
  t.like(await prod(life), { hold: undefined, observed: { commit: shaOf('c2') } } as object);
  t.is(inRegistry(life), digestOf('web', 'c2', ''));
});

test('Somebody moved prod and nobody told: it is found before the next move, and looked at again by itself', async t => {
  const life = await startOn(['c1']);
  const place = { registry: 'registry.example', repository: 'shop/web', tag: 'prod' };
  life.around.registry.push(place, digestOf('a stranger'));
  await notify(life, 'c2');
  t.is(inRegistry(life), digestOf('a stranger'));
  t.truthy((await prod(life))?.due, 'somebody comes back to it');
  life.around.registry.push(place, digestOf('web', 'c1', ''));
  await life.later(61_000);
  t.is(inRegistry(life), digestOf('web', 'c2', ''));
});

test('A tag that is taken over is judged against the commit in its label', async t => {
  const life = await startOn();
  const there = digestOf('built before headway came');
  life.around.labels.set(there, shaOf('c3'));
  life.around.registry.push({ registry: 'registry.example', repository: 'shop/web', tag: 'prod' }, there);
  await notify(life, 'c2');
  t.is(inRegistry(life), there);
  t.is((await life.ledger('web')).at(-1), 'c2 refused: prod is 1 commit ahead');
  await notify(life, 'c4');
  t.is(inRegistry(life), digestOf('web', 'c4', ''));
});

test('A tag that is taken over with nothing known of it is set', async t => {
  const life = await startOn();
  life.around.registry.push(
    { registry: 'registry.example', repository: 'shop/web', tag: 'prod' },
    digestOf('before'),
  );
  await notify(life, 'c2');
  t.is(inRegistry(life), digestOf('web', 'c2', ''));
});

test('A tag that others move reaches its services, and what was there already does nothing', async t => {
  const more = {
    tags: { prod: { images: ['web'], movedBy: 'registry' } },
    services: {
      api: { target: 'place', image: 'web', tag: 'prod' },
      jobs: { target: 'place', image: 'web', tag: 'prod' },
    },
  };
  const life = await startCalmLife({ configuration: shopConfiguration('none', { more }) });
  await life.pushTag('web', 'prod', digestOf('one'));
  t.deepEqual(life.around.target.running(), {
    api: digestOf('one'),
    jobs: digestOf('one'),
    web: digestOf('one'),
  });
  t.deepEqual(await life.ledger('web'), ['somewhere moved: prod was pushed to the registry']);
  life.around.target.deploy = async () => t.fail('CD-13: it was deployed again') as never;
  await life.pushTag('web', 'prod', digestOf('one'));
  t.is((await life.ledger('web')).length, 1);
  t.like(await prod(life), { due: undefined, look: undefined } as object);
});

test('A tag that headway takes over from others goes by the label, not by whichever notice comes first', async t => {
  const theirs = shopConfiguration('none', {
    more: {
      tags: { prod: { images: ['web'], movedBy: 'registry' } },
      services: {
        api: { target: 'place', image: 'web', tag: 'prod' },
        jobs: { target: 'place', image: 'web', tag: 'prod' },
      },
    },
  });
  const life = await startCalmLife({ configuration: theirs });
  await life.push(undefined, 'c5');
  life.around.labels.set(digestOf('theirs'), shaOf('c4'));
  await life.pushTag('web', 'prod', digestOf('theirs'));
  await life.restart(shopConfiguration('none'));
  await notify(life, 'c3');
  t.is(inRegistry(life), digestOf('theirs'));
  await notify(life, 'c5');
  t.is(inRegistry(life), digestOf('web', 'c5', ''));
});
