import type { ExecutionContext } from 'ava';
import { type Forge, MissingCommit } from '../../shared/ports/forge.ts';
import { createGitRepository, type GitRepository, type NewCommit } from '../helpers/git-repository.ts';
import type { OpenForge, Register } from './forge.ts';

const NEVER = 'f'.repeat(40);
const LONG = 'a line that is long enough for a move to be found\n'.repeat(20);

/** One side of history, and beside it a branch that left it at `base`, and a commit that nobody else stands on. */
const HISTORY: readonly NewCommit[] = [
  {
    name: 'base',
    message: 'Begin\n',
    files: {
      'images/spec.yml': 'images: []\n',
      'images/run.sh': '#!/bin/sh\n',
      'images/old name.txt': LONG,
      'süß/日本 語.txt': 'unicode\n',
      gone: 'soon\n',
      link: { mode: '120000', content: 'gone' },
      lib: { mode: '160000', content: 'a'.repeat(40) },
      empty: '',
    },
  },
  {
    name: 'moved',
    message: 'Move a file\n\nIt had an old name.\n\n\n',
    parents: ['base'],
    files: { 'images/old name.txt': null, 'docs/new name.txt': LONG },
  },
  {
    name: 'changed',
    message: 'Change some\n\nskip ci, says the body',
    parents: ['moved'],
    files: {
      gone: null,
      'images/run.sh': { mode: '100755', content: '#!/bin/sh\n' },
      'images/spec.yml': 'images: [base]\n',
      lib: { mode: '160000', content: 'b'.repeat(40) },
      'süß/日本 語.txt': 'Unicode\n',
    },
  },
  { name: 'aside', message: 'Leave the way', parents: ['base'], files: { aside: 'aside\n' } },
  { name: 'again', message: 'Change nothing', parents: ['changed'] },
  { name: 'stranger', message: 'Begin elsewhere', files: { elsewhere: '\n' } },
  { name: 'tip', parents: ['again', 'aside', 'stranger'] },
];

/** What every {@link Forge} promises of what is in commits, and of what differs between two. */
export function forgeContentsContract(test: Register, name: string, open: OpenForge): void {
  const claim = (title: string, check: (t: ExecutionContext, place: Place) => Promise<void>) => {
    test(`${name} ${title}`, async t => {
      const repository = await createGitRepository(t);
      const shas = await repository.grow(HISTORY);
      await repository.branch('main', 'tip');
      const forge = await open(t, repository);
      const between = async (from: string, to: string) =>
        forge.changes('app', shas[from] ?? NEVER, shas[to] ?? NEVER);
      await check(t, { forge, repository, shas, between });
    });
  };

  claim('reads the files of exactly the commit, and leaves out what is none', async (t, { forge, shas }) => {
    const files = await forge.files('app', shas['base'] ?? NEVER, [
      'images/spec.yml',
      'süß/日本 語.txt',
      'empty',
      'link',
      'images/spec.yml',
      'docs/new name.txt',
      'images',
      'lib',
      'link/more',
      '',
      '/',
      './gone',
      '../gone',
      'images//spec.yml',
      '.git/config',
    ]);
    t.deepEqual(Object.fromEntries(files), {
      'images/spec.yml': 'images: []\n',
      'süß/日本 語.txt': 'unicode\n',
      empty: '',
      link: 'gone',
    });
    const later = await forge.files('app', shas['again'] ?? NEVER, ['images/spec.yml', 'gone']);
    t.deepEqual(Object.fromEntries(later), { 'images/spec.yml': 'images: [base]\n' });
    t.is((await forge.files('app', shas['base'] ?? NEVER, [])).size, 0);
  });

  claim('tells both names of a moved file, and whole messages', async (t, { between }) => {
    t.deepEqual(await between('base', 'moved'), {
      files: ['docs/new name.txt', 'images/old name.txt'],
      messages: ['Move a file\n\nIt had an old name.'],
    });
  });

  claim('tells of changed, deleted and executable files and of submodules', async (t, { between }) => {
    const files = ['gone', 'images/run.sh', 'images/spec.yml', 'lib', 'süß/日本 語.txt'];
    const { messages, ...rest } = await between('moved', 'again');
    t.deepEqual(rest, { files });
    t.deepEqual(messages, ['Change nothing', 'Change some\n\nskip ci, says the body']);
    t.deepEqual((await between('again', 'moved')).files, files);
  });

  claim('tells of the messages the newest first, and only of the newer commit', async (t, { between }) => {
    const { messages } = await between('base', 'again');
    t.deepEqual(
      messages.map(message => message.split('\n')[0]),
      ['Change nothing', 'Change some', 'Move a file'],
    );
    t.deepEqual((await between('again', 'base')).messages, []);
    t.deepEqual(await between('changed', 'again'), { files: [], messages: ['Change nothing'] });
    t.deepEqual(await between('again', 'again'), { files: [], messages: [] });
  });

  claim('compares commits of which neither stands on the other', async (t, { between }) => {
    t.deepEqual(await between('moved', 'aside'), {
      files: ['aside', 'docs/new name.txt', 'images/old name.txt'],
      messages: ['Leave the way'],
    });
    t.deepEqual((await between('aside', 'moved')).messages, ['Move a file\n\nIt had an old name.']);
    const { files, messages } = await between('aside', 'stranger');
    t.true(files.includes('elsewhere') && files.includes('aside') && files.includes('lib'));
    t.deepEqual(messages, ['Begin elsewhere']);
  });

  claim('compares however many files and commits there are', async (t, { repository, forge }) => {
    const many = Array.from({ length: 400 }, (_, index) => [`many/${1000 + index}`, `${index}\n`] as const);
    const line = Array.from({ length: 1_120 }, (_, index) => ({
      name: `n${index}`,
      parents: [index === 0 ? 'again' : `n${index - 1}`],
      files: index === 0 ? Object.fromEntries(many) : {},
    }));
    const shas = await repository.grow(line);
    await repository.branch('many', 'n1119');
    const { files, messages } = await forge.changes('app', shas['again'] ?? '', shas['n1119'] ?? '');
    t.deepEqual(files, Object.keys(Object.fromEntries(many)));
    t.is(messages.length, 1_000);
    t.deepEqual([messages[0], messages[999]], ['n1119', 'n120']);
  });

  claim('refuses to read or compare a commit that is not there', async (t, { forge, shas }) => {
    const refused = { instanceOf: MissingCommit, message: /no branch or tag/ };
    for (const asked of [
      forge.files('app', NEVER, ['link']),
      forge.changes('app', NEVER, shas['base'] ?? ''),
      forge.changes('app', shas['base'] ?? '', NEVER),
      forge.changes('app', NEVER.replaceAll(/./g, '9'), NEVER),
    ]) {
      t.is((await t.throwsAsync(asked, refused))?.commit, NEVER);
    }
    await t.throwsAsync(forge.changes('app', shas['base'] ?? '', 'main'), { name: 'PermanentError' });
  });
}

type Place = {
  readonly forge: Forge;
  readonly repository: GitRepository;
  readonly shas: Readonly<Record<string, string>>;
  readonly between: (from: string, to: string) => ReturnType<Forge['changes']>;
};
