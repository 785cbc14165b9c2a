import test, { type ExecutionContext } from 'ava';
import { createCloudArtifacts } from '../../shared/adapters/artifacts/cloud-storage.ts';
import { NoGoogleCredentials } from '../../shared/adapters/google/access-token.ts';
import { ApiError } from '../../shared/adapters/http/json-api.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { artifactsContract } from '../contracts/artifacts.ts';
import { STORAGE_TOKEN, serveCloudStorage } from '../helpers/cloud-storage-server.ts';

async function openBucket(
  t: ExecutionContext,
  options: { bucket?: string; prefix?: string; token?: string } = {},
) {
  const { bucket = 'acme', prefix = 'headway/', token = STORAGE_TOKEN } = options;
  const server = await serveCloudStorage(t);
  const artifacts = createCloudArtifacts({ bucket, prefix, token: async () => token, url: server.origin });
  return { server, artifacts };
}

artifactsContract(test, 'a bucket', async t => (await openBucket(t)).artifacts);
artifactsContract(
  test,
  'a bucket without a prefix',
  async t => (await openBucket(t, { prefix: '' })).artifacts,
);

test('a list of many pages is whole', async t => {
  const { artifacts } = await openBucket(t);
  const paths = Array.from({ length: 10 }, (_, at) => `a/${at}`);
  for (const path of paths) await artifacts.put(path, path);
  t.deepEqual(await artifacts.list('a'), paths);
});

test('pages are kept as Markdown, logs as text', async t => {
  const { artifacts, server } = await openBucket(t);
  for (const path of ['a.md', 'a.json', 'a.log']) await artifacts.put(path, 'x');
  t.deepEqual(
    server.asked.map(({ headers }) => headers['content-type']),
    ['text/markdown; charset=utf-8', 'application/json', 'text/plain; charset=utf-8'],
  );
});

test('a blip is tried again, with the whole body', async t => {
  const { artifacts, server } = await openBucket(t);
  const troubles = [{ status: 503 }, 'break'] as const;
  let at = 0;
  server.before(() => troubles[at++]);
  await artifacts.put('a', 'whole');
  t.is(new TextDecoder().decode(await artifacts.get('a')), 'whole');
  t.is(server.asked.length, 4);
});

const refuses = test.macro({
  exec: async (
    t,
    about: { bucket?: string; token?: string; status?: number; body?: string },
    message: RegExp,
  ) => {
    const { artifacts, server } = await openBucket(t, about);
    const { status, body = '' } = about;
    if (status !== undefined) server.before(() => ({ status, body }));
    for (const call of [
      artifacts.put('a', 'x'),
      artifacts.get('a'),
      artifacts.list('a'),
      artifacts.remove('a'),
    ]) {
      const error = await t.throwsAsync(call, { message });
      t.true(error instanceof (status === 500 || about.token ? ApiError : PermanentError));
      t.notRegex(error?.message ?? '', /ya29|wrong-token/);
    }
  },
  title: (_, __, message) => `a refusal is a sentence: ${message}`,
});
test(
  refuses,
  { bucket: 'other' },
  /in bucket "other": .* answered 404; there is no such bucket; make it, or name/,
);
test(refuses, { status: 403 }, /answered 403; grant this account roles\/storage.objectUser on it$/);
test(
  refuses,
  { status: 403, body: 'API has not been used' },
  /enable storage.googleapis.com in its project$/,
);
test(refuses, { status: 500 }, /answered 500; it may work later$/);
test(refuses, { token: 'wrong-token' }, /answered 401; it may work later$/);

test('without credentials it says how to log in', async t => {
  const token = () => Promise.reject(new NoGoogleCredentials('Cannot find Google credentials here: log in'));
  const artifacts = createCloudArtifacts({ bucket: 'acme', token, url: 'http://127.0.0.1:1' });
  await t.throwsAsync(artifacts.get('a'), {
    instanceOf: PermanentError,
    message: 'Cannot read "a" in bucket "acme": Cannot find Google credentials here: log in',
  });
});
