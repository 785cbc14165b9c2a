import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { canonicalHost, createDockerCredentials } from '../../shared/adapters/registry/docker-credentials.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

/** A real helper program: knows one host, says of any other what Docker's own helpers say, and fails for `broken`. */
const HELPER = `#!/bin/sh
read -r host
case "$host" in
  helped.example|https://index.docker.io/v1/) printf '{"ServerURL":"%s","Username":"helped","Secret":"s3cret"}' "$host" ;;
  token.example) printf '{"ServerURL":"%s","Username":"<token>","Secret":"identity"}' "$host" ;;
  broken.example) echo 'no s3cret for you' >&2; exit 3 ;;
  odd.example) echo 'hello' ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;

async function dockerFolder(
  t: ExecutionContext,
  config: unknown,
): Promise<Record<string, string | undefined>> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-docker-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  await writeFile(join(folder, 'docker-credential-test'), HELPER);
  await chmod(join(folder, 'docker-credential-test'), 0o755);
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
}

const finds = test.macro({
  async exec(t, config: unknown, host: string, expected: string | undefined) {
    const credentials = createDockerCredentials({ environment: await dockerFolder(t, config) });
    const found = await credentials(host);
    t.is(found && `${found.username}:${found.password}`, expected);
  },
  title: (name = '') => `createDockerCredentials() finds ${name}`,
});

const auths = {
  'ghcr.io': auth('ada:pass:word'),
  'https://index.docker.io/v1/': auth('hub:hubword'),
  'https://registry.example:5000/v2/': { username: 'plain', password: 'text' },
  'identity.example': { ...auth('x:'), identitytoken: 'refresh' },
  'paths.example/team': auth('team:word'),
  'empty.example': {},
};
test('a login by host', finds, { auths }, 'ghcr.io', 'ada:pass:word');
test('Docker Hub by its old address', finds, { auths }, 'docker.io', 'hub:hubword');
test(
  'a login kept under a URL, with user and password apart',
  finds,
  { auths },
  'registry.example:5000',
  'plain:text',
);
test('an identity token', finds, { auths }, 'identity.example', '<token>:refresh');
test(
  'nothing for a host without port when the login has one',
  finds,
  { auths },
  'registry.example',
  undefined,
);
test('nothing for the end of a host', finds, { auths }, 'evil-ghcr.io', undefined);
test('nothing for a host below', finds, { auths }, 'a.ghcr.io', undefined);
test('nothing where the login is for a path', finds, { auths }, 'paths.example', undefined);
test('nothing in an empty login', finds, { auths }, 'empty.example', undefined);
test('nothing in an empty file', finds, {}, 'ghcr.io', undefined);

const credHelpers = { 'helped.example': 'test', 'token.example': 'test', 'unknown.example': 'test' };
test('what a helper program says', finds, { credHelpers }, 'helped.example', 'helped:s3cret');
test('a token that a helper program says', finds, { credHelpers }, 'token.example', '<token>:identity');
test('nothing when the helper program has none', finds, { credHelpers }, 'unknown.example', undefined);
test('Docker Hub in the store', finds, { credsStore: 'test' }, 'docker.io', 'helped:s3cret');
test(
  'a login in the file when the store has none',
  finds,
  { credsStore: 'test', auths: { 'ghcr.io': auth('ada:word') } },
  'ghcr.io',
  'ada:word',
);

const refuses = test.macro({
  async exec(t, config: unknown, host: string, expected: RegExp) {
    const credentials = createDockerCredentials({ environment: await dockerFolder(t, config) });
    const error = await t.throwsAsync(credentials(host), { instanceOf: RegistryError, message: expected });
    t.notRegex(error.message, /s3cret/);
    t.false(error.temporary);
  },
  title: (name = '') => `createDockerCredentials() refuses ${name}`,
});

test(
  'a file that is not JSON',
  refuses,
  '{"auths": {"a": s3cret',
  'ghcr.io',
  /cannot be read as Docker's configuration/,
);
test('a file of another shape', refuses, { auths: { a: 's3cret' } }, 'ghcr.io', /cannot be read/);
test(
  'a helper program that fails',
  refuses,
  { credsStore: 'test' },
  'broken.example',
  /docker-credential-test failed/,
);
test('an answer that is not JSON', refuses, { credsStore: 'test' }, 'odd.example', /is not understood/);
test(
  'a helper program that is not there',
  refuses,
  { credsStore: 'none' },
  'a.example',
  /is not on the PATH/,
);
test('a helper that is a path', refuses, { credsStore: '../evil' }, 'a.example', /which is not a name/);

test('createDockerCredentials() finds nothing without a configuration', async t => {
  const environment = { HOME: join(tmpdir(), 'headway-nobody') };
  t.is(await createDockerCredentials({ environment })('ghcr.io'), undefined);
});

const canonical = test.macro({
  exec: (t, key: string, expected: string | undefined) => t.is(canonicalHost(key), expected),
  title: (_, key: string, expected) => `canonicalHost() takes ${key} for ${expected ?? 'no host'}`,
});
for (const alias of ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']) {
  test(canonical, `https://${alias}/v1/`, 'docker.io');
  test(canonical, alias, 'docker.io');
}
test(canonical, 'http://LOCALHOST:5000', 'localhost:5000');
test(canonical, 'ghcr.io/', 'ghcr.io');
test(canonical, 'ghcr.io/acme', undefined);
test(canonical, '', undefined);
