import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { createSecrets, type Resolution } from '../../shared/runtime/secrets/create-secrets.ts';
import { readSecretFile } from '../../shared/runtime/secrets/read-secret-file.ts';
import { resolveSecrets } from '../../shared/runtime/secrets/resolve-secrets.ts';

const VALUE = 'correct horse';

const variable = test.macro({
  async exec(t, value: string | undefined, expected: Resolution) {
    const secrets = createSecrets({
      environment: { TOKEN: value },
      baseDirectory: '/',
      readFile: readSecretFile,
    });
    t.deepEqual(await secrets.resolve('env://TOKEN'), expected);
  },
  title: (name = '') => `resolve() ${name}`,
});
const problem = (reason: string): Resolution => ({ problem: `Cannot resolve "env://TOKEN": ${reason}` });
const placeholder = problem('it is still a placeholder; put the secret there');

test('gives the value of a variable as it is', variable, ' a b c d\n', { value: ' a b c d\n', warnings: [] });
test('refuses a variable that is not set', variable, undefined, problem('the variable is not set'));
test('refuses an empty variable', variable, '', problem('it is empty; put the secret there'));
test('refuses a variable of white space', variable, ' \n', problem('it is empty; put the secret there'));
test('refuses a zero byte', variable, 'a\0b', problem('it holds a zero byte; put text there'));
for (const text of [
  'changeme',
  'Change-Me!',
  'secret',
  'PASSWORD',
  'REPLACE_ME',
  'replace with token',
  '<token>',
  ['$', '{TOKEN}'].join(''),
  '{{ token }}',
  'xxxx',
]) {
  test(`refuses ${text}`, variable, text, placeholder);
}
for (const text of ['secret garden', 'replacement-9', '1234todo5678', 'x<token>x']) {
  test(`takes ${text}`, variable, text, { value: text, warnings: [] });
}
test('warns of a short secret', variable, 'abc', {
  value: 'abc',
  warnings: ['The secret of "env://TOKEN" is shorter than 8 characters: easy to guess'],
});

const file = test.macro({
  async exec(t, write: (path: string) => Promise<unknown>, expected: Resolution) {
    const folder = await temporaryFolder(t);
    await write(join(folder, 'token'));
    const from = { environment: {}, baseDirectory: folder, readFile: readSecretFile };
    t.deepEqual(await createSecrets(from).resolve('file://token'), expected);
    const elsewhere = { ...from, baseDirectory: '/' };
    const resolution = await createSecrets(elsewhere).resolve(`file://${folder}/token`);
    t.is('value' in resolution, 'value' in expected);
  },
  title: (name = '') => `resolve() ${name}`,
});
const fileProblem = (reason: string): Resolution => ({ problem: `Cannot resolve "file://token": ${reason}` });
const owned = (content: string | Uint8Array) => (path: string) => writeFile(path, content, { mode: 0o600 });

test('gives the text of a file without its last newline', file, owned(`${VALUE}\n`), {
  value: VALUE,
  warnings: [],
});
test('gives the text of a file without its last CRLF', file, owned(`${VALUE}\r\n`), {
  value: VALUE,
  warnings: [],
});
test('removes one newline only', file, owned(`${VALUE}\n\n`), { value: `${VALUE}\n`, warnings: [] });
test(
  'warns of a file that others can read',
  file,
  path => owned(VALUE)(path).then(() => chmod(path, 0o644)),
  {
    value: VALUE,
    warnings: ['The file of "file://token" can be read by others; chmod 600 keeps it to its owner'],
  },
);
test('says that a file is not there', file, async () => {}, fileProblem('there is no such file'));
test('says that a folder is no file', file, path => mkdir(path), fileProblem('it is a folder, not a file'));
test(
  'says that a file is not text',
  file,
  owned(Buffer.from([0xff, 0xfe])),
  fileProblem('the file is not UTF-8 text'),
);
test(
  'says that a file is too large',
  file,
  owned('x'.repeat(65 * 1024)),
  fileProblem('the file is larger than 64 KiB; is it the right one?'),
);

const CONFIGURATION = ConfigurationShape.parse({
  repos: {
    app: { url: 'file:///srv/git/app.git', credentials: { username: 'bot', password: 'env://A' } },
  },
  registries: { 'ghcr.io': { username: 'bot', password: 'env://B' } },
  targets: {
    manifests: { kind: 'git', url: 'x', credentials: { username: 'bot', password: 'env://C' } },
    local: { kind: 'docker' },
  },
  services: {
    web: { target: 'local', image: 'web', tag: 'prod', environment: { PLAIN: 'x', KEY: 'env://D' } },
  },
  hooks: { github: { kind: 'github', secret: 'env://A' } },
});

test('resolveSecrets() resolves every reference of a configuration', async t => {
  const environment = { A: 'value of A', B: 'value of B', C: 'value of C', D: 'short' };
  const secrets = createSecrets({ environment, baseDirectory: '/', readFile: readSecretFile });
  const resolved = await resolveSecrets(CONFIGURATION, secrets);
  if ('problems' in resolved) return t.fail();
  t.deepEqual(['env://A', 'env://B', 'env://C', 'env://D'].map(resolved.secret), Object.values(environment));
  t.deepEqual(
    resolved.warnings.map(({ path }) => path.join('.')),
    ['services.web.environment.KEY'],
  );
  const error = t.throws(() => resolved.secret('env://E'), { instanceOf: RangeError });
  t.is(error?.message, 'Cannot find secret "env://E": the configuration does not refer to it');
});

test('resolveSecrets() tells every problem at once, where the reference stands', async t => {
  const secrets = createSecrets({
    environment: { B: 'secret' },
    baseDirectory: '/',
    readFile: readSecretFile,
  });
  const resolved = await resolveSecrets(CONFIGURATION, secrets);
  t.deepEqual(
    'problems' in resolved && resolved.problems.map(({ path, message }) => `${path.join('.')}: ${message}`),
    [
      'repos.app.credentials.password: Cannot resolve "env://A": the variable is not set',
      'registries.ghcr.io.password: Cannot resolve "env://B": it is still a placeholder; put the secret there',
      'targets.manifests.credentials.password: Cannot resolve "env://C": the variable is not set',
      'services.web.environment.KEY: Cannot resolve "env://D": the variable is not set',
      'hooks.github.secret: Cannot resolve "env://A": the variable is not set',
    ],
  );
});

async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-secrets-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}
