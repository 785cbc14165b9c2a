import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type EngineAddress, type Environment, engineAddress } from '../../shared/adapters/docker/address.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { describeFailure } from '../../shared/adapters/docker/failures.ts';
import { isLostLayer, isPassing } from '../../shared/adapters/docker/messages.ts';
import { registryAuth } from '../../shared/adapters/docker/registry-login.ts';
import { within } from '../../shared/adapters/docker/within.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { startSmallEngine } from '../helpers/small-engine.ts';

const addresses = test.macro({
  exec(t, host: string | undefined, environment: Environment, expected: Partial<EngineAddress>) {
    t.like(engineAddress(host, environment), expected);
  },
  title: (name = '') => `engineAddress() ${name}`,
});
test(
  'takes the configured host before DOCKER_HOST',
  addresses,
  'unix:///a',
  { DOCKER_HOST: 'unix:///b' },
  { socketPath: '/a' },
);
test('takes DOCKER_HOST', addresses, undefined, { DOCKER_HOST: 'tcp://h:1' }, { host: 'h', port: 1 });
test('knows the port of plain tcp', addresses, 'tcp://h', {}, { port: 2375 });
test(
  'knows the port and the certificates of TLS',
  addresses,
  'tcp://h',
  { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' },
  { port: 2376, certificates: '/c' },
);
test('keeps the brackets off an IPv6 host', addresses, 'tcp://[::1]:5', {}, { host: '::1', port: 5 });

for (const host of ['ssh://me@there', 'docker.sock', 'tcp://', 'unix://relative']) {
  test(`engineAddress() refuses ${host} with what to do`, t => {
    const message = /^Cannot use Docker at ".*": expected unix:\/\/\/PATH or tcp:\/\/HOST:PORT/;
    t.throws(() => engineAddress(host, {}), { instanceOf: PermanentError, message });
  });
}

test('reachable() tells the version of an engine that answers', async t => {
  const version = { Version: '27.1.0', Os: 'linux', Arch: 'arm64' };
  const { host } = await startSmallEngine(t, () => ({ lines: [version] }));
  const engine = connectDocker({ host, environment: { DOCKER_HOST: 'tcp://wrong:1' } });
  t.deepEqual(await engine.reachable(), { answers: true, version: '27.1.0', platform: 'linux/arm64' });
});

test('reachable() says what to do when there is no socket or nobody listens', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'headway-socket-'));
  await writeFile(join(folder, 'file'), '');
  const ask = (host: string) => connectDocker({ host, environment: {} }).reachable();
  t.deepEqual(await ask(`unix://${folder}/none`), {
    answers: false,
    reason: `Cannot reach Docker at unix://${folder}/none: no such file; start Docker, set DOCKER_HOST, or use the builder "layers" and a target without Docker`,
  });
  const refused = {
    answers: false,
    reason: /nothing listens there; start Docker, or set DOCKER_HOST$/,
  } as const;
  for (const host of [`unix://${folder}/file`, 'tcp://127.0.0.1:1']) {
    const reach = await ask(host);
    t.false(reach.answers);
    t.regex(reach.answers ? '' : reach.reason, refused.reason);
  }
  await rm(folder, { recursive: true });
});

test('an engine that never answers is given up', async t => {
  const { host } = await startSmallEngine(t, () => undefined);
  const client = await connectDocker({ host, environment: {} }).client();
  const error = await t.throwsAsync(within(50, client.version()), { name: 'TimeoutError' });
  t.is(
    describeFailure(error, host),
    `Cannot reach Docker at ${host}: it did not answer in time; look at its log`,
  );
});

test('a failure of the engine itself is told in its own words', async t => {
  const { host } = await startSmallEngine(t, () => ({ status: 500, lines: [{ message: 'disk on fire' }] }));
  const engine = connectDocker({ host, environment: {} });
  const reason = `Docker at ${host} refused: disk on fire`;
  t.deepEqual(await engine.reachable(), { answers: false, reason });
});

const passes = test.macro({
  exec: (t, message: string, expected: boolean) => t.is(isPassing(message), expected),
  title: (_, message, expected) => `"${message}" ${expected ? 'may pass' : 'will not pass'}`,
});
test(passes, 'Get "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused', true);
test(passes, 'received unexpected HTTP status: 503 Service Unavailable', true);
test(passes, 'toomanyrequests: You have reached your pull rate limit', true);
test(passes, 'manifest for x not found: manifest unknown: manifest unknown', false);
test(passes, 'pull access denied for x, repository does not exist', false);
test(passes, "The command '/bin/sh -c echo timeout' returned a non-zero code: 7", false);

const loses = test.macro({
  exec: (t, message: string, expected: boolean) => t.is(isLostLayer(message), expected),
  title: (_, message, expected) =>
    `"${message}" tells of ${expected ? 'a layer that was there' : 'no layer'}`,
});
test(loses, 'unable to find image "sha256:0123"', true);
test(loses, '(HTTP code 404) no such container - No such image: sha256:0123', true);
test(loses, 'No such image: web:latest', false);
test(loses, 'manifest unknown: manifest unknown', false);
test(loses, 'The command \'/bin/sh -c echo "layer does not exist"\' returned a non-zero code: 1', false);

test('registryAuth() keeps Docker Hub under its first address, and tells a token from a password', t => {
  const hub = { username: 'me', password: 'p', serveraddress: 'https://index.docker.io/v1/' };
  t.deepEqual(registryAuth('docker.io', { username: 'me', password: 'p' }), hub);
  const token = { identitytoken: 'p', serveraddress: 'r:1' };
  t.deepEqual(registryAuth('r:1', { username: '<token>', password: 'p' }), token);
  t.deepEqual(registryAuth('r:1', undefined), { serveraddress: 'r:1' });
});
