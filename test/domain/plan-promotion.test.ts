import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import {
  namesOf,
  type PromotionWish,
  planPromotion,
  stableTag,
} from '../../shared/domain/promotions/plan-promotion.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

const at = (name: string, more: object = {}) => ({ repository: `registry.example/stack/${name}`, ...more });
const configuration = ConfigurationShape.parse({
  repos: { shop: { url: 'https://git.example/acme/shop.git' } },
  images: {
    base: at('base', { repo: 'shop' }),
    web: at('web', { repo: 'shop' }),
    gpu: at('gpu', { repo: 'shop' }),
  },
  tags: {
    prod: { images: ['web'] },
    stable: { images: ['base', 'web'], movedBy: 'registry' },
  },
});

const plans = test.macro({
  exec(t, wish: PromotionWish, to: string, images: readonly string[]) {
    const plan = planPromotion(configuration, wish);
    if (plan.kind === 'refused') return t.fail(plan.reason);
    t.is(plan.to, to);
    t.deepEqual(
      plan.images,
      images.map(image => ({ image, repository: `registry.example/stack/${image}` })),
    );
  },
  title: (name = '') => `planPromotion() ${name}`,
});
const all = ['base', 'web', 'gpu'];

test('makes PREFIX-stable of every image', plans, { from: '2026.3-a1239a' }, '2026.3-stable', all);
test(
  'takes the prefix from the source tag and from nowhere else (DH-27)',
  plans,
  { from: '2021.2-dev-x' },
  '2021.2-stable',
  all,
);
test('knows quarters of two digits', plans, { from: '2026.10-a1' }, '2026.10-stable', all);
test(
  'moves a tag that is named, of the images that the configuration gives it to',
  plans,
  { from: '2026.3-stable', to: 'stable' },
  'stable',
  ['base', 'web'],
);
test(
  'takes the images of the source tag where the target is nobody’s',
  plans,
  { from: 'prod', to: 'shown' },
  'shown',
  ['web'],
);
test(
  'moves some images, each once',
  plans,
  { from: '2026.3-a1', images: ['gpu', 'web', 'gpu'] },
  '2026.3-stable',
  ['gpu', 'web'],
);

const refuses = test.macro({
  exec(t, wish: PromotionWish, reason: string) {
    t.deepEqual(planPromotion(configuration, wish), {
      kind: 'refused',
      reason: `Cannot promote "${wish.from}": ${reason}`,
    });
  },
  title: (name = '') => `planPromotion() refuses ${name}`,
});

test(
  'a source without prefix (DH-26)',
  refuses,
  { from: 'latest' },
  'it has no prefix, as "2026.3" is in "2026.3-a1239a"; name the target',
);
test('a source that is no tag', refuses, { from: 'a b', to: 'stable' }, 'it is not a tag');
test('a target that is no tag', refuses, { from: 'a', to: 'b/c' }, 'its target "b/c" is not a tag');
test(
  'what would stay where it is',
  refuses,
  { from: '2026.3-stable' },
  'it would stay where it is; name another target',
);
test(
  'a target that is a commit',
  refuses,
  { from: 'a', to: shaOf('c1') },
  `its target "${shaOf('c1')}" is the name of a commit, which never moves`,
);
test(
  'an empty selection',
  refuses,
  { from: '2026.3-a1', images: [] },
  'no image is selected; name at least one',
);
test(
  'images that are not in the configuration, by their names',
  refuses,
  { from: '2026.3-a1', images: ['web', 'wbe', 'toString'] },
  'the configuration does not name wbe and toString',
);
test(
  'images that the configuration does not give the target',
  refuses,
  { from: '2026.3-a1', to: 'stable', images: ['web', 'gpu'] },
  'the configuration does not give "stable" to gpu',
);
test(
  'a target that moves by itself',
  refuses,
  { from: '2026.3-a1', to: 'prod' },
  '"prod" of web moves by itself; set follows: manual to move it by hand',
);

test('the prefix ends at the first hyphen', t => {
  t.is(stableTag('2026.3-feature-x'), '2026.3-stable');
  t.is(stableTag('-x'), undefined);
});

test('names are listed as people write them', t => {
  t.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(namesOf), ['', 'a', 'a and b', 'a, b and c']);
});
