import test from 'ava';
import fc from 'fast-check';
import { findImageFields } from '../../shared/adapters/targets/git/image-fields.ts';
import { findReferences } from '../../shared/domain/manifests/references.ts';
import { rewriteReferences } from '../../shared/domain/manifests/rewrite.ts';
import { digest } from '../helpers/git-repository-orders.ts';

const TO = digest(0xabc);

function rewrite(text: string, wanted: readonly string[], written: readonly string[] = []) {
  return rewriteReferences(text, {
    references: findReferences(text, findImageFields(text)),
    wanted: new Map(wanted.map(repository => [repository, TO])),
    written: (_, each) => written.includes(each),
  });
}

const rewrites = test.macro({
  exec(t, before: string, after: string) {
    t.is(rewrite(before, ['ghcr.io/acme/web', 'docker.io/library/nginx']).text, after);
  },
  title: (_, before) => `rewriteReferences() ${JSON.stringify(before)}`,
});
const stays = test.macro({
  exec(t, text: string) {
    t.is(rewrite(text, ['ghcr.io/acme/web', 'docker.io/library/nginx']).text, text);
  },
  title: (_, text) => `rewriteReferences() leaves ${JSON.stringify(text)} alone`,
});

test(rewrites, 'image: ghcr.io/acme/web:v1', `image: ghcr.io/acme/web@${TO}`);
test(rewrites, 'image: ghcr.io/acme/web\n', `image: ghcr.io/acme/web@${TO}\n`);
test(rewrites, '- image: nginx:1 # why\r\n', `- image: nginx@${TO} # why\r\n`);
test(rewrites, "image: 'nginx:1'", `image: 'nginx@${TO}'`);
test(rewrites, '{"image":"docker.io/nginx:1"}', `{"image":"docker.io/nginx@${TO}"}`);
test(rewrites, '[{image: nginx}, {image: nginx:2}]', `[{image: nginx@${TO}}, {image: nginx@${TO}}]`);
test(rewrites, 'a: 1\n---\nimage: nginx:1\n...\n', `a: 1\n---\nimage: nginx@${TO}\n...\n`);
test(rewrites, '"image" : &pin nginx:1', `"image" : &pin nginx@${TO}`);
test(
  rewrites,
  'a:\n{{- if .x }}\n- image: nginx:1\n{{- end }}\nimage: {{ .y }}\n',
  `a:\n{{- if .x }}\n- image: nginx@${TO}\n{{- end }}\nimage: {{ .y }}\n`,
);

test(stays, 'image: ghcr.io/acme/webs:v1');
test(stays, 'image: ghcr.io/acme/web/api:v1');
test(stays, 'image: my.ghcr.io/acme/web:v1');
test(stays, 'image: acme/nginx:1');
test(stays, 'images: nginx:1');
test(stays, 'baseimage: nginx:1');
test(stays, '# image: nginx:1');
test(stays, 'a: |\n  image: nginx:1\n');
test(stays, 'a: "image: nginx:1"');
test(stays, 'image: nginx:1-dirty');
test(stays, `image: nginx@${digest(1)}`);
test(stays, 'image: [nginx]');
test(stays, 'image:\n  name: nginx\n');

const name = fc.stringMatching(/^[a-z]{1,3}(-[a-z]{1,2})?$/);
const repository = fc
  .tuple(fc.constantFrom('ghcr.io/acme', 'ghcr.io/acm', 'ghcr.io/acme/a'), name)
  .map(parts => parts.join('/'));
const suffix = fc.constantFrom(
  '',
  ':v1',
  ':v1-dirty',
  `@${digest(1)}`,
  `:v2@${digest(1)}`,
  `@${digest(2)}`,
  `@${TO}`,
);
const line = fc.record({
  indent: fc.constantFrom('', '- ', '-   '),
  quote: fc.constantFrom('', '"', "'"),
  repository,
  suffix,
  comment: fc.constantFrom('', ' # image: ghcr.io/acme/a:v1', '   #', ' '),
  end: fc.constantFrom('\n', '\r\n', '\n\n# between\n', '\n---\n'),
});
type Line = Readonly<Record<'indent' | 'quote' | 'repository' | 'suffix' | 'comment' | 'end', string>>;
const show = ({ indent, quote, repository, suffix, comment, end }: Line) =>
  `${indent}image: ${quote}${repository}${suffix}${quote}${comment}${end}${end.includes('---') ? '' : '---\n'}`;

test('rewriteReferences() changes the wanted references and not a byte besides, however names resemble each other', t => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(repository, { maxLength: 3 }), (lines, wanted) => {
      // Some of the wanted are there, some are prefixes or suffixes of those that are there.
      const all = [...wanted, ...lines.slice(0, 2).map(each => each.repository)];
      const held = new Set([':v1-dirty', `@${digest(2)}`]);
      const expected = lines.map(each =>
        all.includes(each.repository) && !held.has(each.suffix) ? { ...each, suffix: `@${TO}` } : each,
      );
      const once = rewrite(lines.map(show).join(''), all, [digest(1)]);
      t.is(once.text, expected.map(show).join(''));
      t.is(once.judged.length, lines.filter(each => all.includes(each.repository)).length);
      const twice = rewrite(once.text, all, [digest(1)]);
      t.is(twice.text, once.text);
      t.true(twice.judged.every(({ verdict }) => verdict.kind !== 'rewrite'));
    }),
    { numRuns: 300 },
  );
});

test('findImageFields() gives ranges inside the text for whatever it is given', t => {
  const piece = fc.constantFrom(
    'image',
    ':',
    ' ',
    '\n',
    '- ',
    '"',
    "'",
    '{',
    '}',
    '[',
    '|',
    '&a',
    '*a',
    '#',
    '?',
    'x:1',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = pieces.join('');
      for (const { start, end } of findImageFields(text)) t.true(0 <= start && end <= text.length);
      t.is(rewrite(text, ['docker.io/library/x']).text.replaceAll(`x@${TO}`, 'x:1'), text);
    }),
    { numRuns: 1_000 },
  );
});
