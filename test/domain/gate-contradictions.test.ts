import test from 'ava';
import { gateRules } from '../../shared/domain/configuration/gate-contradictions.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { secretPlaces } from '../../shared/domain/configuration/secret-places.ts';
import { unknownNames } from '../../shared/domain/configuration/unknown-names.ts';
import { isOfTag } from '../../shared/domain/gates/gate-results.ts';

const command = { kind: 'command', run: ['pytest'] };
const web = { repository: 'ghcr.io/acme/web', repo: 'shop' };
const ssh = {
  ...{ kind: 'ssh', host: 'login.acme.com', user: 'ci', key: 'file:///run/secrets/key', command: ['pytest'] },
  knownHosts: 'env://KNOWN_HOSTS',
};

const finds = test.macro({
  exec(t, configuration: object, expected: readonly string[]) {
    const found = gateRules(ConfigurationShape.parse(configuration));
    t.deepEqual(
      found.map(({ path, message }) => `${path.join('.')}: ${message}`),
      [...expected],
    );
  },
  title: name => `gateRules() ${name}`,
});

test(
  'takes gates that ask people also before a tag that moves by itself',
  finds,
  {
    images: { web },
    tags: { prod: { images: ['web'], gates: ['gpu', 'staff'] } },
    gates: { gpu: command, staff: { kind: 'approval' } },
  },
  [],
);
test(
  'finds gates that nobody could pass',
  finds,
  {
    gates: {
      staff: { kind: 'approval', count: 2, from: ['Ada', 'Ada'] },
      all: { kind: 'approval', count: 2 },
      calm: { kind: 'healthy-for', service: 'web', atLeast: '2d' },
    },
  },
  [
    'gates.staff.count: expected at most 1: no more people have a voice',
    'gates.calm.deadline: expected longer than atLeast, which is 2d',
  ],
);

test('names in gates, and names of gates, lead somewhere', t => {
  const configuration = {
    gates: {
      gpu: { ...command, images: ['wbe'] },
      calm: { kind: 'healthy-for', service: 'none', atLeast: '1h' },
    },
    images: { web },
    tags: { stable: { images: ['web'], follows: 'manual', gates: ['gpus'] } },
    promotions: { gates: ['gpu', 'lint'] },
  };
  t.deepEqual(
    unknownNames(configuration)
      .map(({ path }) => path.join('.'))
      .toSorted(),
    [
      'gates.calm.service',
      'gates.gpu.images.0',
      'images.web.repo',
      'promotions.gates.1',
      'tags.stable.gates.0',
    ],
  );
});

const refused = test.macro({
  exec(t, gate: object, path: string) {
    const found = ConfigurationShape.safeParse({ gates: { gpu: gate } });
    t.deepEqual(
      found.error?.issues.map(issue => issue.path.join('.')),
      [`gates.gpu.${path}`],
    );
  },
  title: name => `the configuration refuses ${name}`,
});
test('an ssh gate that does not know its host', refused, { ...ssh, knownHosts: undefined }, 'knownHosts');
test('an ssh gate whose host would be an option', refused, { ...ssh, host: '-oProxyCommand=x' }, 'host');
test('an ssh gate whose user would be an option', refused, { ...ssh, user: '-l' }, 'user');
test('a private key in the configuration', refused, { ...ssh, key: '-----BEGIN' }, 'key');
test('a password in the URL of an http gate', refused, { kind: 'http', url: 'https://a:b@acme.com' }, 'url');
test('a report out of a container', refused, { kind: 'docker', command: ['pytest', '{report}'] }, 'command');

test('secretPlaces() names every secret of gates', t => {
  const gates = {
    remote: ssh,
    local: { ...command, environment: { TOKEN: 'secret://token', PLAIN: 'text' } },
    scan: { kind: 'http', url: 'env://SCAN_URL' },
    open: { kind: 'http', url: 'https://acme.com/{digest}' },
  };
  t.deepEqual(
    secretPlaces(ConfigurationShape.parse({ gates })).map(
      ({ path, reference }) => `${path.join('.')} ${reference}`,
    ),
    [
      'gates.remote.key file:///run/secrets/key',
      'gates.remote.knownHosts env://KNOWN_HOSTS',
      'gates.local.environment.TOKEN secret://token',
      'gates.scan.url env://SCAN_URL',
    ],
  );
});

const looksAtTag = test.macro({
  exec(t, gate: object, expected: boolean) {
    const { gpu } = ConfigurationShape.parse({ gates: { gpu: gate } }).gates;
    t.is(gpu && isOfTag(gpu), expected);
  },
  title: name => `isOfTag() ${name}`,
});
const http = { kind: 'http', url: 'https://ci.acme.com/{digest}' };
test('is false where nothing speaks of the tag', looksAtTag, command, false);
test('is true for a word {tag}', looksAtTag, { kind: 'docker', command: ['pytest', '-k{tag}'] }, true);
test(
  'is true for a word that reads HEADWAY_TAG',
  looksAtTag,
  { ...ssh, command: ['sh', '-c', 'x $HEADWAY_TAG'] },
  true,
);
test('is true where the settings say so', looksAtTag, { ...command, perTag: true }, true);
test('is false for a GET of the digest', looksAtTag, http, false);
test('is true for a POST, which tells the tag', looksAtTag, { ...http, method: 'POST' }, true);
test('is true for a URL with {tag}', looksAtTag, { ...http, url: 'https://ci.acme.com/{tag}' }, true);
test('is true for a URL that is a secret', looksAtTag, { ...http, url: 'env://CHECK' }, true);
test('is false for what time shows', looksAtTag, { kind: 'age', atLeast: '1h' }, false);
