import test from 'ava';
import { type Copying, copyFiles, makeFolder } from '../../shared/adapters/builders/layers/copy.ts';
import { StepRefused } from '../../shared/adapters/builders/layers/refusals.ts';
import type { Node, Tree } from '../../shared/adapters/builders/layers/tree.ts';

/** A tree from lines: `path`, `path/` for a folder, `path -> target`; `@7` behind it is the owner. */
function tree(...lines: readonly string[]): Tree {
  return new Map(
    lines.map((line): [string, Node] => {
      const [, path = '', folder, target, owner = '0'] =
        /^(.+?)(\/?)(?: -> (\S+))?(?: @(\d+))?$/.exec(line) ?? [];
      const ids = { uid: Number(owner), gid: Number(owner) };
      if (target !== undefined) return [path, { kind: 'symlink', target, ...ids }];
      if (folder === '/') return [path, { kind: 'directory', mode: 0o755, ...ids }];
      return [
        path,
        { kind: 'file', mode: 0o644, size: 1, content: { in: 'folder', path: `/src/${path}` }, ...ids },
      ];
    }),
  );
}

function lines(entries: Tree): string[] {
  return [...entries]
    .map(([path, node]) => {
      const owner = node.kind !== 'special' && node.uid !== 0 ? ` @${node.uid}` : '';
      if (node.kind === 'directory') return `${path}/${owner}`;
      return node.kind === 'symlink' ? `${path} -> ${node.target}${owner}` : `${path}${owner}`;
    })
    .toSorted();
}

const CONTEXT = tree(
  'a.txt',
  'b.txt',
  'app/',
  'app/main',
  'app/lib/',
  'app/lib/x',
  'app/link -> ../../outside',
  'inside -> app',
  'absolute -> /etc/passwd',
  'above -> ../above',
  'circle -> circle',
);
const IMAGE = tree(
  'etc/',
  'etc/nginx/',
  'usr/',
  'usr/bin/',
  'bin -> usr/bin',
  'home/',
  'home/me/ @7',
  'file',
);

function copying(words: string, rest: Partial<Copying> = {}): Copying {
  const all = words.split(' ');
  return {
    keyword: 'COPY',
    sources: all.slice(0, -1),
    destination: all.at(-1) ?? '',
    workdir: '/work',
    from: { tree: CONTEXT, name: 'the build context', isContext: true },
    into: IMAGE,
    owner: { uid: 0, gid: 0 },
    ...rest,
  };
}

const copies = test.macro({
  exec(t, words: string, expected: readonly string[], rest?: Partial<Copying>) {
    t.deepEqual(lines(copyFiles(copying(words, rest))), [...expected].toSorted());
  },
  title: (name = '', words: string) => `COPY ${words} ${name}`,
});

test('goes into a folder', copies, 'a.txt /opt/', ['opt/', 'opt/a.txt']);
test('is the destination', copies, 'a.txt /opt/b', ['opt/', 'opt/b']);
test('goes into a folder that is there', copies, 'a.txt /etc/nginx', [
  'etc/',
  'etc/nginx/',
  'etc/nginx/a.txt',
]);
test('starts at the working folder', copies, 'a.txt sub/', ['work/', 'work/sub/', 'work/sub/a.txt']);
test('takes the working folder for a dot', copies, 'a.txt .', ['work/', 'work/a.txt']);
test('copies the content of a folder', copies, 'app /srv', [
  'srv/',
  'srv/link -> ../../outside',
  'srv/lib/',
  'srv/lib/x',
  'srv/main',
]);
test('copies the content of a folder to the root', copies, 'app/lib /', ['x']);
test('takes several sources', copies, 'a.txt app/lib /o/', ['o/', 'o/a.txt', 'o/x']);
test('matches', copies, '*.txt /o/', ['o/', 'o/a.txt', 'o/b.txt']);
test('matches folders', copies, 'app/l[a-i]b /o', ['o/', 'o/x']);
test('follows a link to what is in the context', copies, 'inside/lib /o', ['o/', 'o/x']);
test('follows a link of the image', copies, 'a.txt /bin/', ['usr/', 'usr/bin/', 'usr/bin/a.txt']);
test('keeps the owner of folders that are there', copies, 'a.txt /home/me/', [
  'home/',
  'home/me/ @7',
  'home/me/a.txt',
]);
test(
  'makes folders and files of the owner',
  copies,
  'a.txt /new/er/',
  ['new/ @9', 'new/er/ @9', 'new/er/a.txt @9'],
  { owner: { uid: 9, gid: 9 } },
);
test('cannot leave the image', copies, 'a.txt ../../../up/', ['up/', 'up/a.txt']);
test('ignores a slash in front of a source', copies, '/app/lib/x /o', ['o']);
test('follows links of a stage inside the stage', copies, '/absolute /o', ['o'], {
  from: { tree: tree('absolute -> /etc/passwd', 'etc/', 'etc/passwd'), name: 'stage "x"', isContext: false },
});

const refuses = test.macro({
  exec(t, words: string, message: RegExp) {
    t.throws(() => copyFiles(copying(words)), { instanceOf: StepRefused, message });
  },
  title: (name = '', words: string) => `COPY ${words} is refused: ${name}`,
});

test('missing', refuses, 'nope /', /"nope" is not in the build context/);
test('nothing matches', refuses, '*.md /', /"\*\.md" matches nothing/);
test('above the context', refuses, '../x /', /leads out of the build context/);
test('above the context on a way', refuses, 'app/../../x /', /leads out of the build context/);
test('an absolute link', refuses, 'absolute /', /"absolute" is a symbolic link that leads out/);
test('a link above', refuses, 'above /', /leads out/);
test('behind a link above', refuses, 'above/passwd /', /leads out/);
test('a circle', refuses, 'circle /', /circle of symbolic links/);
test('several into a file', refuses, 'a.txt b.txt /o', /ends with a slash/);
test('several matches into a file', refuses, '*.txt /o', /ends with a slash/);
test('a folder over a file', refuses, 'app /file', /over the file "\/file"/);
test('below a file', refuses, 'a.txt /file/', /a file has this name/);

test('COPY --chmod sets the mode of files and of new folders', t => {
  const entries = copyFiles(copying('app/lib /etc/', { mode: 0o750 }));
  t.like(entries.get('etc/x'), { mode: 0o750 });
  t.like(entries.get('etc'), { mode: 0o755 });
});

test('COPY refuses names that mean removal in a layer', t => {
  const from = { tree: tree('d/', 'd/.wh.x'), name: 'the build context', isContext: true };
  t.throws(() => copyFiles(copying('d /', { from })), { instanceOf: StepRefused, message: /removal/ });
});

test('makeFolder() makes what is not there, follows links, and refuses a file', t => {
  t.deepEqual(lines(makeFolder('/bin/new', IMAGE)), ['usr/', 'usr/bin/', 'usr/bin/new/']);
  t.is(makeFolder('/home/me', IMAGE).size, 0);
  t.is(makeFolder('/', IMAGE).size, 0);
  t.throws(() => makeFolder('/file', IMAGE), { instanceOf: StepRefused });
});
