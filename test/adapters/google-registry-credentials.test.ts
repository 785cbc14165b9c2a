import test from 'ava';
import { NoGoogleCredentials } from '../../shared/adapters/google/access-token.ts';
import { createGoogleRegistryCredentials } from '../../shared/adapters/google/registry-credentials.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';

const token = async () => 'ya29.token';
const login = { username: 'oauth2accesstoken', password: 'ya29.token' };

const hosts = test.macro({
  async exec(t, host: string, expected: typeof login | undefined) {
    t.deepEqual(await createGoogleRegistryCredentials({ token })(host), expected);
  },
  title: (_, host, expected) => `${host} is ${expected ? '' : 'not '}given a Google token`,
});
for (const host of ['europe-docker.pkg.dev', 'us-central1-docker.pkg.dev', 'gcr.io', 'eu.gcr.io']) {
  test(hosts, host, login);
}
for (const host of [
  'docker.io',
  'ghcr.io',
  'gcr.io.evil.example',
  'evil-gcr.io',
  'pkg.dev',
  'x.europe-docker.pkg.dev.evil.example',
  'europe-docker.pkg.dev:5000',
  '127.0.0.1:5000',
]) {
  test(hosts, host, undefined);
}

test('without Google credentials a registry is asked as nobody in particular', async t => {
  const nobody = async () => {
    throw new NoGoogleCredentials('none');
  };
  t.is(await createGoogleRegistryCredentials({ token: nobody })('gcr.io'), undefined);
});

test('a token that could not be got is an error that names the registry', async t => {
  const broken = async () => {
    throw new Error('Cannot get a Google access token: invalid_grant');
  };
  const error = await t.throwsAsync(createGoogleRegistryCredentials({ token: broken })('gcr.io'), {
    instanceOf: RegistryError,
  });
  t.is(
    error?.message,
    'Cannot get credentials for "gcr.io": Cannot get a Google access token: invalid_grant',
  );
});
