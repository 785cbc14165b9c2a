import test from 'ava';
import { readConfiguration } from '../../shared/runtime/configuration/read-configuration.ts';
import { brokenFile, mistakesOf, show, WHOLE } from '../helpers/broken-configuration.ts';

test('nothing', brokenFile, '', '1:1 expected a configuration, found nothing');
test('comments only', brokenFile, '# later\n', '1:1 expected a configuration, found nothing');
test('text', brokenFile, 'hello', '1:1 expected a mapping (key: value), found text');
test(
  'a key that is there twice',
  brokenFile,
  'repos:\nhooks: {}\nrepos: {}',
  '3:1 expected this key only once; it is already further up in the same mapping',
);
test(
  'an open bracket',
  brokenFile,
  'tags:\n  prod: {images: [web}\nkeep: {}',
  '2:22 expected other indentation, or the end of what an opening { or [ began',
);
test(
  'a tab',
  brokenFile,
  'keep:\n\tdeliveries: 30d',
  '2:1 expected spaces; YAML takes no tabs for indentation',
);
test(
  'two colons',
  brokenFile,
  'keep: deliveries: 30d',
  '1:7 expected one "key: value" a line; text with a colon and a space stands in quotes',
);
test(
  'an open quote',
  brokenFile,
  'keep:\n  deliveries: "30d\nbuilds:\n  timeout: 3m',
  '4:14 expected a closing quote, bracket or brace, a comma, or a colon and a space after a key',
);
test(
  'an alias without an anchor',
  brokenFile,
  'keep: *hunter2',
  '1:7 expected an alias such as *name; text that begins with * or & stands in quotes',
);
test(
  'a tag of YAML',
  brokenFile,
  'keep: !!js/function hunter2',
  '1:7 expected a plain value: tags (!name) are not understood',
);
test(
  'two documents',
  brokenFile,
  '---\nkeep: {}\n---\nkeep: {}',
  '3:1 expected one document; remove the line with --- and what follows',
);
test('a list as key', brokenFile, 'keep:\n  ? [a]\n  : 3', '2:5 expected a plain name as key');
test(
  'a key that would change every object',
  brokenFile,
  'repos:\n  __proto__: {url: x}',
  '2:3 expected another name than __proto__',
);
test(
  'more levels than anybody needs',
  brokenFile,
  `a: ${'['.repeat(3000)}`,
  '1:65 expected fewer levels of nesting',
);
test(
  'aliases that stand for gigabytes',
  brokenFile,
  bomb(),
  '1:1 expected fewer aliases (*name): they stand for too much',
);
test(
  'all mistakes of a file, in its order',
  brokenFile,
  'hooks:\n  a: {}\nservices:\n  web: {target: t, image: i, tag: v, timeout: x}\nkeep: 3',
  '2:3 hooks.a: "kind" is missing: expected one of github, gitea, gitlab, dockerhub, distribution, harbor, quay, acr, ecr, nexus, jfrog, generic, notices',
  '4:17 services.web.target: expected the name of a target (there is none yet under targets), found "t"',
  '4:27 services.web.image: expected the name of an image (there is none yet under images), found "i"',
  '4:35 services.web.tag: expected the name of a tag (there is none yet under tags), found "v"',
  '4:47 services.web.timeout: expected a duration such as 30s, 10m, 2h or 7d, found "x"',
  '5:7 keep: expected a mapping (key: value), found a number',
);

test('readConfiguration() keeps what was found for machines', t => {
  const [mistake] = mistakesOf('keep: {deliveries: soon}');
  t.deepEqual(mistake, {
    file: 'headway.yaml',
    line: 1,
    column: 20,
    path: 'keep.deliveries',
    message: `expected a duration such as 30s, 10m, 2h or 7d, found "soon"`,
    found: 'soon',
  });
});

test('readConfiguration() gives the place of what is found out later', t => {
  const reading = readConfiguration(WHOLE.join('\n'), { path: 'headway.yaml' });
  if ('mistakes' in reading) return t.fail();
  const mistake = reading.mistakeAt(['hooks', 'github', 'secret'], 'expected SECRET to be set');
  t.is(show(mistake), '15:34 hooks.github.secret: expected SECRET to be set');
});

/** Each line stands for nine of the line before. */
function bomb(): string {
  const names = [...'abcdefghij'];
  const lines = names
    .slice(1)
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${names[i]}`).join(', ')}]`);
  return ['a: &a [x]', ...lines].join('\n');
}
