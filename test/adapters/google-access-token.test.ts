import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createAccessToken, NoGoogleCredentials } from '../../shared/adapters/google/access-token.ts';
import { serveHttp } from '../helpers/serve-http.ts';

test.serial('a token comes from the metadata server, and is kept', async t => {
  await withoutCredentials(t);
  const asked: string[] = [];
  process.env['GCE_METADATA_HOST'] = await serveHttp(t, ({ url, headers }, response) => {
    asked.push(`${url} ${headers['metadata-flavor']}`);
    const path = new URL(url ?? '', 'http://metadata').pathname;
    response.setHeader('metadata-flavor', 'Google');
    if (path.endsWith('/token')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'ya29.token', expires_in: 3599, token_type: 'Bearer' }));
    } else if (path.endsWith('/project-id')) response.end('acme');
    else response.writeHead(404).end();
  });
  process.env['METADATA_SERVER_DETECTION'] = 'assume-present';
  const token = createAccessToken();
  t.is(await token(), 'ya29.token');
  t.is(await token(), 'ya29.token');
  t.is(asked.filter(line => line.includes('/service-accounts/default/token')).length, 1);
  t.true(asked.every(line => line.endsWith(' Google')));
});

test.serial('without any credentials the error says how to get some', async t => {
  await withoutCredentials(t);
  const error = await t.throwsAsync(createAccessToken()(), { instanceOf: NoGoogleCredentials });
  t.is(
    error?.message,
    'Cannot find Google credentials here: run "gcloud auth application-default login", or set GOOGLE_APPLICATION_CREDENTIALS',
  );
});

test.serial('credentials that cannot be used are told from none', async t => {
  const file = join(await withoutCredentials(t), 'key.json');
  await writeFile(file, '{"type":"service_account","client_email":"a@b","private_key":"do-not-repeat-me"}');
  process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
  const error = await t.throwsAsync(createAccessToken()());
  t.false(error instanceof NoGoogleCredentials);
  t.regex(error?.message ?? '', /^Cannot get a Google access token: .*; see to the service account, or run /);
  t.notRegex(error?.message ?? '', /do-not-repeat-me/);
});

/** Google's library reads the process's environment: these tests come one after another, in a worker of their own. */
async function withoutCredentials(t: ExecutionContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'headway-google-'));
  t.teardown(() => rm(home, { recursive: true }));
  for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'GCE_METADATA_HOST', 'GOOGLE_CLOUD_PROJECT']) {
    delete process.env[name];
  }
  Object.assign(process.env, { HOME: home, CLOUDSDK_CONFIG: home, METADATA_SERVER_DETECTION: 'none' });
  return home;
}
