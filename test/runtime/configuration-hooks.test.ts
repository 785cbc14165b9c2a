import test from 'ava';
import { readConfiguration } from '../../shared/runtime/configuration/read-configuration.ts';
import { broken, WHOLE } from '../helpers/broken-configuration.ts';

const PREFIX =
  'expected what image names begin with, such as nexus.acme.com:8082 or acme.jfrog.io/docker-local';
const POINTER = 'expected a JSON pointer, such as /repository/name';

const takes = test.macro({
  exec(t, hook: string) {
    const text = WHOLE.map((line, index) => (index === 14 ? `  one: {${hook}}` : line)).join('\n');
    const reading = readConfiguration(text, { path: 'headway.yaml' });
    t.deepEqual('mistakes' in reading ? reading.mistakes : [], []);
  },
  title: (name = '') => `readConfiguration() takes ${name}`,
});
for (const kind of ['github', 'gitea', 'gitlab']) {
  test(`a ${kind} hook of one repo`, takes, `kind: ${kind}, secret: env://S, repo: app`);
}
for (const kind of ['dockerhub', 'distribution', 'harbor', 'quay', 'acr', 'ecr', 'jfrog', 'notices']) {
  test(`a ${kind} hook`, takes, `kind: ${kind}, secret: env://S`);
}
test('a connector of Nexus', takes, 'kind: nexus, secret: env://S, registry: "nexus.acme.com:8082"');
test("a path of JFrog's", takes, 'kind: jfrog, secret: env://S, registry: acme.jfrog.io/docker-local');
test('a template', takes, 'kind: generic, secret: env://S, repository: /name');
test(
  'a whole template',
  takes,
  'kind: generic, secret: env://S, registry: r.acme.com, repository: /a~1b/0, tag: /t/*/n, digest: /d, ' +
    'when: {/action: push}, signature: {header: X-Sig, prefix: sha1=, algorithm: sha1}',
);

test(
  'a Nexus without its registry',
  broken,
  15,
  '  n: {kind: nexus, secret: env://S}',
  `3 hooks.n: "registry" is missing: ${PREFIX}`,
);
test(
  'a registry with a scheme for a hook',
  broken,
  15,
  '  j: {kind: jfrog, secret: env://S, registry: "https://acme.jfrog.io"}',
  `47 hooks.j.registry: ${PREFIX}, found "https://acme.jfrog.io"`,
);
test(
  'a registry for a hook that tells its own',
  broken,
  15,
  '  h: {kind: harbor, secret: env://S, registry: harbor.acme.com}',
  '38 hooks.h.registry: unknown key "registry"; expected one of kind, secret',
);
test(
  'a template that has no slash',
  broken,
  15,
  '  g: {kind: generic, secret: env://S, repository: repo/name}',
  `51 hooks.g.repository: ${POINTER}, found "repo/name"`,
);
test(
  'a condition that has no slash',
  broken,
  15,
  '  g: {kind: generic, secret: env://S, repository: /name, when: {action: push}}',
  `65 hooks.g.when.action: ${POINTER}, found "action"`,
);
test(
  'a signature in a way that is too weak',
  broken,
  15,
  '  g: {kind: generic, secret: env://S, repository: /name, signature: {header: "X Y", algorithm: md5}}',
  '78 hooks.g.signature.header: expected the name of a header, such as X-Signature, found "X Y"',
  '96 hooks.g.signature.algorithm: expected one of sha256, sha1, sha512, found "md5"',
);
test(
  'a sender that is misspelt',
  broken,
  15,
  '  q: {kind: qay, secret: env://S}',
  '13 hooks.q.kind: expected one of github, gitea, gitlab, dockerhub, distribution, harbor, quay, acr, ecr, nexus, jfrog, generic, notices, found "qay"; did you mean "quay"?',
);
