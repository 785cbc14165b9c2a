import test from 'ava';
import fc from 'fast-check';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import { homePage } from '../../shared/domain/wiki/home-page.ts';
import { commitCell, pageLink } from '../../shared/domain/wiki/links.ts';
import { stablePage } from '../../shared/domain/wiki/stable-page.ts';
import { tagStanding } from '../../shared/domain/wiki/tag-standing.ts';
import { pagesToRead, publishMessage, wikiPages } from '../../shared/domain/wiki/wiki-pages.ts';

const HEAD = '| Commit | Image | Manifest |\n|--------|-------|----------|';
const OLD = `Welcome to the datahub-docker-stack wiki!

${HEAD}
|[\`4a59260\`](https://github.com/u/d/commit/4a59260)|\`u/base:2023.2-4a59260\`<br>\`u/web:2023.2-4a59260\`|[Link](x)<br>[Link](y)|
|[\`62ba8d8\`](https://github.com/u/d/commit/62ba8d8)|\`u/base:2023.1-stable\`|[Link](z)|`;
const ROW = {
  commits: ['`1234567`'],
  names: ['u/base:2023.2-stable', 'u/web:2023.2-stable'],
  links: ['a', 'b'],
};
const SHOWN = '|`1234567`|`u/base:2023.2-stable`<br>`u/web:2023.2-stable`|[Link](a)<br>[Link](b)|';
const about = { row: ROW, replaced: ROW.names, wiki: 'd' };

test('Home.md gets one row on top, and the rest stays (DH-14)', t => {
  const [before = '', after = ''] = OLD.split(`${HEAD}\n`);
  t.is(homePage(OLD, about), `${before}${HEAD}\n${SHOWN}\n${after}`);
});

test('a Home.md that is not there is made', t => {
  const made = `Welcome to the d wiki!\n\n${HEAD}\n${SHOWN}`;
  t.is(homePage(undefined, about), made);
  t.is(homePage(made, about), made);
});

test('a row of the same quarter is replaced, and not one whose name only begins so', t => {
  const once = homePage(OLD, about);
  const other = { ...ROW, commits: ['`7654321`'] };
  const twice = homePage(once, { ...about, row: other });
  t.is(twice, once.replace('1234567', '7654321'));
  const alike = homePage(OLD, {
    ...about,
    replaced: ['u/base:2023.2', 'u/base:2023.1-stabl', '2023.2-4a59260'],
  });
  t.is(alike.split('\n').length, OLD.split('\n').length + 1);
});

test('a tag that was taken away has no row', t => {
  t.is(homePage(homePage(OLD, about), { ...about, row: undefined }), OLD);
  t.is(homePage('prose', { ...about, row: undefined }), 'prose');
});

test('prose and another table behind the table stay where they are', t => {
  const more = `${OLD}\n\nSee also:\n\n| A | B |\n|---|---|\n| 2023.2-stable | \`u/base:2023.2-stable\` |\n\n${HEAD}\n|x|y|z|\n`;
  const [first = '', ...rest] = more.split(HEAD);
  t.is(homePage(more, about), [`${first}${HEAD}\n${SHOWN}${rest[0]}`, ...rest.slice(1)].join(HEAD));
});

test('a Home.md without the table gets one at its end', t => {
  t.is(homePage('# Ours\n\n| A |\n|---|', about), `# Ours\n\n| A |\n|---|\n\n${HEAD}\n${SHOWN}\n`);
});

test('whatever stands in Home.md stays, line by line, with its line ends', t => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      'prose',
      '| a | b |',
      '|---|---|',
      '|x|`u/base:2023.1-stable`|y|',
      '# | Commit | Image | Manifest |',
    ),
    fc.string().map(text => text.replaceAll(/[\r\n]/g, '')),
  );
  const text = fc
    .tuple(fc.array(line, { minLength: 1 }), fc.boolean(), fc.constantFrom('\n', '\r\n'))
    .map(([lines, hasTable, end]) =>
      [...lines.slice(0, 2), ...(hasTable ? HEAD.split('\n') : []), ...lines.slice(2)].join(end),
    );
  fc.assert(
    fc.property(text, before => {
      const kept = homePage(before, about).split(/\r?\n/);
      t.is(kept.filter(each => each === SHOWN).length, 1);
      const rest = kept.filter(each => each !== SHOWN);
      const lines = before.trim() === '' ? [] : before.split(/\r?\n/);
      // In their order, with nothing left out.
      let at = 0;
      for (const each of rest) if (each === lines[at]) at += 1;
      t.is(at, lines.length);
      t.is(homePage(homePage(before, about), about), homePage(before, about));
    }),
  );
});

test('Stable_Tag.md is made anew from the lists (DH-15)', t => {
  t.is(
    stablePage({
      names: ['u/base:stable'],
      basedOn: ['u/base:2023.2-stable'],
      links: ['https://w/u-base-stable'],
    }),
    `| Global-Stable Image | Based On | Manifest |
| :- | :- | :- |
|\`u/base:stable\`|\`u/base:2023.2-stable\`|[Link](https://w/u-base-stable)|`,
  );
  t.is(
    stablePage({ names: [], basedOn: [], links: [] }),
    '| Global-Stable Image | Based On | Manifest |\n| :- | :- | :- |',
    'and no row where the first promotion was undone',
  );
});

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
function promotion(number: number, its: Partial<Promotion> & { images: Promotion['images'] }): Promotion {
  const at = '2026-03-01T00:00:00.000Z';
  return {
    number,
    by: 'Ada',
    at,
    from: '2023.2-abc',
    to: '2023.2-stable',
    dryRun: false,
    phase: 'moved',
    attempts: 0,
    ...its,
  };
}
const moved = (image: string, letter: string, before?: string) => ({
  image,
  repository: `ghcr.io/u/${image}`,
  digest: digest(letter),
  ...(before !== undefined && { before: digest(before) }),
  after: digest(letter),
  state: 'moved' as const,
});

test('what the global tag is based on comes from the promotions: the one that brought the digest (DH-30)', t => {
  const toStable = (number: number, from: string, letter: string) =>
    promotion(number, { from, to: 'stable', images: [moved('web', letter)] });
  const newest = [
    toStable(3, '2023.2-stable', 'c'),
    toStable(2, '2023.2-abc', 'b'),
    toStable(1, '2023.1-stable', 'a'),
  ];
  t.like(tagStanding(newest), [{ image: 'web', digest: digest('c'), from: '2023.2-stable' }]);
  t.deepEqual(tagStanding([]), [], 'no promotion, no row');
  const undo = promotion(4, {
    from: 'stable',
    to: 'stable',
    undoes: 3,
    images: [{ ...moved('web', 'b'), expects: digest('c') }],
  });
  t.like(tagStanding([undo, ...newest]), [{ digest: digest('b'), from: '2023.2-abc' }]);
});

test('a tag stands where the newest promotion left each image; what failed or was taken away counts for nothing', t => {
  const gone = { image: 'api', repository: 'ghcr.io/u/api', state: 'moved' } as const;
  const standing = tagStanding([
    promotion(5, { phase: 'reverted', images: [moved('web', 'e')] }),
    promotion(4, { phase: 'refused', images: [moved('web', 'd')] }),
    promotion(3, { undoes: 2, from: '2023.2-stable', images: [gone] }),
    promotion(2, { images: [moved('web', 'c'), moved('api', 'c')] }),
    promotion(1, { from: '2023.2-old', images: [moved('web', 'a'), moved('base', 'a')] }),
  ]);
  t.deepEqual(
    standing.map(({ image, digest: at, from }) => [image, at[7], from]),
    [
      ['web', 'c', '2023.2-abc'],
      ['base', 'a', '2023.2-old'],
    ],
  );
});

const repo = { url: 'https://github.com/u/d.git', forge: 'github' };
const sha = '1234567890'.repeat(4);
const showing = {
  tag: '2023.2-stable',
  wiki: { url: 'https://github.com/u/d.wiki.git' },
  repos: [repo],
  earlier: [],
  images: [
    {
      image: 'web',
      repository: 'ghcr.io/u/web',
      reference: { registry: 'ghcr.io', repository: 'u/web' },
      digest: digest('c'),
      from: '2023.2-abc',
      commit: sha,
      repo,
      manifest: 'the page',
    },
  ],
};

test("stable pages are copies of the source's page; links lead to them, and the commit is the image's own", t => {
  const pages = wikiPages(showing, new Map());
  t.deepEqual(
    [...pages.keys()],
    ['ghcr-io-u-web-2023.2-stable.md', 'ghcr-io-u-web-2023.2-abc.md', 'Home.md'],
  );
  t.is(pages.get('ghcr-io-u-web-2023.2-stable.md'), 'the page');
  t.is(
    pages.get('Home.md')?.split('\n').at(-1),
    '|[`1234567`](https://github.com/u/d/commit/1234567)|`ghcr.io/u/web:2023.2-stable`|[Link](https://github.com/u/d/wiki/ghcr-io-u-web-2023.2-stable)|',
  );
  t.is(publishMessage(showing), `[ci skip] Automated publish for ${sha}`);
  const stable = wikiPages({ ...showing, tag: 'stable' }, new Map());
  t.deepEqual([...stable.keys()].at(-1), 'Stable_Tag.md');
  t.regex(
    stable.get('Stable_Tag.md') ?? '',
    /\|`ghcr.io\/u\/web:stable`\|`ghcr.io\/u\/web:2023.2-abc`\|\[Link\]\(https:\/\/github.com\/u\/d\/wiki\/ghcr-io-u-web-stable\)\|$/,
  );
});

test("a source's page that is in the wiki only is copied; where there is none, a page says so", t => {
  const images = showing.images.map(({ manifest: _, ...image }) => ({ ...image, origin: '2023.2-abc' }));
  t.deepEqual(pagesToRead({ ...showing, images }), ['Home.md', 'ghcr-io-u-web-2023.2-abc.md']);
  const copied = wikiPages({ ...showing, images }, new Map([['ghcr-io-u-web-2023.2-abc.md', 'an old page']]));
  t.is(copied.get('ghcr-io-u-web-2023.2-stable.md'), 'an old page');
  t.false(copied.has('ghcr-io-u-web-2023.2-abc.md'));
  const none = wikiPages({ ...showing, images }, new Map());
  t.regex(
    none.get('ghcr-io-u-web-2023.2-stable.md') ?? '',
    /^No manifest of this image was kept: `ghcr.io\/u\/web@sha256:c+`/,
  );
});

test('images of several commits have a commit each, in their order', t => {
  const [web] = showing.images;
  const images = [
    web,
    { ...web, image: 'api', reference: { registry: 'ghcr.io', repository: 'u/api' }, commit: 'f'.repeat(40) },
  ];
  const pages = wikiPages({ ...showing, images: images as typeof showing.images }, new Map());
  t.regex(pages.get('Home.md') ?? '', /\|\[`1234567`\]\([^)]*\)<br>\[`fffffff`\]\([^)]*\)\|/);
});

const links = test.macro({
  exec: (t, wiki: { url: string; pages?: string }, forge: string, expected: string) => {
    t.is(pageLink(wiki, 'p', [{ url: 'https://git.acme.com/a/b', forge }]), expected);
  },
  title: (_: string | undefined, wiki: { url: string }, forge: string, expected: string) =>
    `pages of ${wiki.url} (${forge}) are at ${expected}`,
});
test(links, { url: 'https://github.com/a/b.wiki.git' }, 'git', 'https://github.com/a/b/wiki/p');
test(links, { url: 'git@github.com:a/b.wiki.git' }, 'git', 'https://github.com/a/b/wiki/p');
test(links, { url: 'https://gitlab.com/g/a/b.wiki.git' }, 'git', 'https://gitlab.com/g/a/b/-/wikis/p');
test(links, { url: 'https://git.acme.com/a/b.wiki.git' }, 'gitlab', 'https://git.acme.com/a/b/-/wikis/p');
test(links, { url: 'https://git.acme.com/a/b.wiki.git' }, 'gitea', 'https://git.acme.com/a/b/wiki/p');
test(links, { url: 'https://github.com/a/pages.git' }, 'git', 'p.md');
test(links, { url: '/srv/wiki.git' }, 'git', 'p.md');
test(links, { url: '/srv/wiki.git', pages: 'https://wiki.acme.com/' }, 'git', 'https://wiki.acme.com/p');

test('a commit is linked to where its repository is shown', t => {
  t.is(commitCell(sha, undefined), '`1234567`');
  t.is(commitCell(sha, { url: '/srv/a.git', forge: 'git' }), '`1234567`');
  t.is(
    commitCell(sha, { url: 'git@gitlab.com:a/b.git', forge: 'git' }),
    '[`1234567`](https://gitlab.com/a/b/-/commit/1234567)',
  );
  t.is(
    commitCell(sha, { url: 'https://x.googlesource.com/a', forge: 'gitiles' }),
    `[\`1234567\`](https://x.googlesource.com/a/+/${sha})`,
  );
});
