import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { inverse, type Ordered } from '../../shared/domain/order/relations.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import { createGitRepository, type GitRepository, type NewCommit } from '../helpers/git-repository.ts';
import { forgeContentsContract } from './forge-contents.ts';

export type Register = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;
/** Opens a forge that shows this repository under the name `app`. */
export type OpenForge = (t: ExecutionContext, repository: GitRepository) => Promise<Forge>;

const NEVER = 'f'.repeat(40);

/** Skia's graph: main is c0-c1-c4-c5-c7-c8; c1-c2-c3-c6 leaves it, and c7 merges c6 into c5. */
const GRAPH: readonly NewCommit[] = [
  { name: 'c0', files: { 'README.md': 'hello\n' } },
  { name: 'c1', parents: ['c0'] },
  { name: 'c2', parents: ['c1'] },
  { name: 'c3', parents: ['c2'] },
  { name: 'c4', parents: ['c1'] },
  { name: 'c5', parents: ['c4'] },
  { name: 'c6', parents: ['c3'] },
  { name: 'c7', parents: ['c5', 'c6'] },
  { name: 'c8', parents: ['c7'] },
];

/**
 * What the second commit is, seen from the first. Newer means that the first is an ancestor of the second, on
 * whichever side of a merge: c2 to c7 and c3 to c8 are newer, where Skia's watcher, which followed first parents,
 * said no.
 */
const ORDER: readonly (readonly [from: string, to: string, answer: Ordered])[] = [
  ['c0', 'c8', { relation: 'newer', distance: 8 }],
  ['c0', 'c1', { relation: 'newer', distance: 1 }],
  ['c1', 'c2', { relation: 'newer', distance: 1 }],
  ['c1', 'c4', { relation: 'newer', distance: 1 }],
  ['c5', 'c7', { relation: 'newer', distance: 4 }],
  ['c2', 'c4', { relation: 'diverged' }],
  ['c5', 'c6', { relation: 'diverged' }],
  ['c2', 'c7', { relation: 'newer', distance: 5 }],
  ['c6', 'c7', { relation: 'newer', distance: 3 }],
  ['c3', 'c8', { relation: 'newer', distance: 5 }],
  ['c8', 'c8', { relation: 'same', distance: 0 }],
];

/** What every {@link Forge} promises, whatever serves the history. */
export function forgeContract(test: Register, name: string, open: OpenForge): void {
  forgeContentsContract(test, name, open);
  const claim = (title: string, check: (t: ExecutionContext, place: Place) => Promise<void>) => {
    test(`${name} ${title}`, async t => {
      const repository = await createGitRepository(t);
      const shas = await repository.grow(GRAPH);
      await repository.branch('main', 'c8');
      const forge = await open(t, repository);
      await check(t, { forge, repository, sha: commit => shas[commit] ?? NEVER });
    });
  };

  claim('orders commits by ancestry, and tells how many lie between', async (t, { forge, sha }) => {
    for (const [from, to, answer] of ORDER) {
      t.deepEqual(await forge.compare('app', sha(to), sha(from)), answer, `${from} to ${to}`);
      t.deepEqual(await forge.compare('app', sha(from), sha(to)), inverse(answer), `${to} to ${from}`);
    }
  });

  claim('does not know the order of a commit that nobody pushed', async (t, { forge, sha }) => {
    t.deepEqual(await forge.compare('app', NEVER, sha('c1')), { relation: 'unknown' });
    t.deepEqual(await forge.compare('app', sha('c1'), NEVER), { relation: 'unknown' });
    t.deepEqual(await forge.compare('app', NEVER, NEVER), { relation: 'unknown' });
    t.is(await forge.commit('app', NEVER), undefined);
  });

  claim('finds a commit that was pushed after it looked first', async (t, { forge, repository, sha }) => {
    t.is(await forge.head('app', 'main'), sha('c8'));
    await repository.grow([{ name: 'c9', parents: ['c8'] }]);
    await repository.branch('main', 'c9');
    t.deepEqual(await forge.compare('app', sha('c9'), sha('c8')), { relation: 'newer', distance: 1 });
    t.is(await forge.head('app', 'main'), sha('c9'));
  });

  claim('still orders commits that a rewritten branch has left', async (t, { forge, repository, sha }) => {
    t.like(await forge.compare('app', sha('c8'), sha('c7')), { relation: 'newer' });
    await repository.grow([{ name: 'd5', parents: ['c4'] }]);
    await repository.branch('main', 'd5');
    t.is(await forge.head('app', 'main'), sha('d5'));
    t.deepEqual(await forge.compare('app', sha('d5'), sha('c8')), { relation: 'diverged' });
    t.deepEqual(await forge.compare('app', sha('d5'), sha('c4')), { relation: 'newer', distance: 1 });
    t.deepEqual(await forge.compare('app', sha('c8'), sha('c5')), { relation: 'newer', distance: 5 });
  });

  claim('tells the branches apart, and knows which is not there', async (t, { forge, repository, sha }) => {
    await repository.branch('release/1.0', 'c5');
    t.is(await forge.head('app', 'release/1.0'), sha('c5'));
    t.is(await forge.head('app', 'main'), sha('c8'));
    t.is(await forge.head('app', 'release'), undefined);
    await repository.branch('release/1.0', undefined);
    t.is(await forge.head('app', 'release/1.0'), undefined);
  });

  claim('tells what a commit is', async (t, { forge, sha }) => {
    t.deepEqual(await forge.commit('app', sha('c7')), {
      sha: sha('c7'),
      parents: [sha('c5'), sha('c6')],
      author: 'Ada Lovelace',
      subject: 'c7',
      committedAt: '2030-01-01T00:08:00.000Z',
    });
    const first = await forge.commit('app', sha('c0'));
    t.is(first?.subject, 'c0');
    t.deepEqual(first?.parents, []);
  });

  claim('checks out the tree of exactly the commit', async (t, { forge, repository, sha }) => {
    await repository.grow([
      {
        name: 'files',
        parents: ['c8'],
        files: {
          'run me.sh': { mode: '100755', content: '#!/bin/sh\n' },
          'süß/日本 語.txt': 'unicode\n',
          'binary.bin': Buffer.from([0, 255, 13, 10, 0]),
          link: { mode: '120000', content: 'run me.sh' },
          'kept.txt': 'not in archives\n',
          '.gitattributes': 'kept.txt export-ignore\n',
        },
      },
      { name: 'later', parents: ['files'], files: { 'kept.txt': 'changed\n' } },
    ]);
    await repository.branch('main', 'later');
    const { path, remove } = await forge.checkout('app', sha('files'));
    t.deepEqual((await readdir(path)).sort(), [
      '.gitattributes',
      'README.md',
      'binary.bin',
      'kept.txt',
      'link',
      'run me.sh',
      'süß',
    ]);
    t.is(await readFile(join(path, 'süß/日本 語.txt'), 'utf8'), 'unicode\n');
    t.is(await readFile(join(path, 'kept.txt'), 'utf8'), 'not in archives\n');
    t.deepEqual(await readFile(join(path, 'binary.bin')), Buffer.from([0, 255, 13, 10, 0]));
    t.is(await readlink(join(path, 'link')), 'run me.sh');
    t.truthy((await stat(join(path, 'run me.sh'))).mode & 0o100);
    t.falsy((await stat(join(path, 'README.md'))).mode & 0o111);
    await remove();
    await t.throwsAsync(lstat(path), { code: 'ENOENT' });
    await remove();
  });

  claim('refuses to check out a commit that is not there', async (t, { forge }) => {
    await t.throwsAsync(forge.checkout('app', NEVER), {
      name: 'MissingCommit',
      message: /no branch or tag/,
    });
  });

  claim('refuses what is no commit, and a repo that it does not have', async (t, { forge, sha }) => {
    for (const wrong of ['main', '--all', sha('c1').slice(0, 7), `${sha('c1')}^`, '']) {
      await t.throwsAsync(forge.compare('app', sha('c1'), wrong), { name: 'PermanentError' }, wrong);
    }
    await t.throwsAsync(forge.head('app', '--upload-pack=touch x'), { name: 'PermanentError' });
    await t.throwsAsync(forge.head('other', 'main'), { name: 'PermanentError', message: /"other"/ });
  });
}

type Place = {
  readonly forge: Forge;
  readonly repository: GitRepository;
  readonly sha: (name: string) => CommitSha;
};
