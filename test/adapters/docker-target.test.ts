import test from 'ava';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { containerSpec, fixedPorts } from '../../shared/adapters/targets/docker/container-spec.ts';
import { createDockerTarget } from '../../shared/adapters/targets/docker/docker-target.ts';
import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import { plainService } from '../helpers/docker-place.ts';
import { startSmallEngine } from '../helpers/small-engine.ts';

const image = { registry: 'docker.io', repository: 'library/nginx', digest: `sha256:${'d'.repeat(64)}` };
const specOf = (service: Partial<ServiceConfiguration>) =>
  containerSpec({ name: 'web', service: { ...plainService(), ...service }, image }, 'here');

test('containerSpec() names the image by digest and publishes on loopback only', t => {
  const spec = specOf({ ports: ['80', '8080:80', '53:53/udp'] });
  t.is(spec.Image, `docker.io/library/nginx@${image.digest}`);
  t.deepEqual(spec.HostConfig.PortBindings, {
    '80/tcp': [
      { HostIp: '127.0.0.1', HostPort: '' },
      { HostIp: '127.0.0.1', HostPort: '8080' },
    ],
    '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
  });
  t.deepEqual(fixedPorts(spec.HostConfig), new Set(['8080/tcp', '53/udp']));
});

test('containerSpec() gives a service a network of its own unless one is named', t => {
  t.is(specOf({}).HostConfig.NetworkMode, 'headway-web');
  t.is(specOf({ network: 'shared' }).HostConfig.NetworkMode, 'shared');
});

test('containerSpec() marks every change of the configuration, and nothing else', t => {
  const mark = (service: Partial<ServiceConfiguration>) =>
    specOf(service).Labels['dev.headway.configuration'];
  t.is(mark({}), mark({ timeout: '9m' }));
  t.is(new Set([mark({}), mark({ environment: { A: '1' } }), mark({ command: ['x'] })]).size, 3);
});

test('a container of another name that begins like the service is not the service', async t => {
  const other = { Id: 'beef12', Name: '/somebody', State: {}, Config: { Labels: {} } };
  const { host } = await startSmallEngine(t, () => ({ lines: [other] }));
  const engine = connectDocker({ host, environment: {} });
  const target = createDockerTarget({ name: 'here', engine, credentials: async () => undefined });
  t.deepEqual(await target.observe('beef', plainService(), image), { state: 'absent' });
});

test('an engine that fails is unknown, with its own words', async t => {
  const { host } = await startSmallEngine(t, () => ({ status: 500, lines: [{ message: 'disk on fire' }] }));
  const engine = connectDocker({ host, environment: {} });
  const target = createDockerTarget({ name: 'here', engine, credentials: async () => undefined });
  const reason = `Docker at ${host} refused: disk on fire`;
  t.deepEqual(await target.observe('web', plainService(), image), { state: 'unknown', reason });
});

test('an engine that does not answer any more is unknown, and a deploy there is given up', async t => {
  const { host } = await startSmallEngine(t, () => undefined);
  const engine = connectDocker({ host, environment: {} });
  const target = createDockerTarget({
    name: 'here',
    engine,
    credentials: async () => undefined,
    patience: 50,
  });
  const reason = `Cannot reach Docker at ${host}: it did not answer in time; look at its log`;
  t.deepEqual(await target.observe('web', plainService(), image), { state: 'unknown', reason });
  const order = { name: 'web', service: plainService(), image };
  const enough = new AbortController();
  const deploy = target.deploy(order, enough.signal);
  enough.abort(new Error('enough'));
  await t.throwsAsync(deploy, { message: 'enough' });
});
