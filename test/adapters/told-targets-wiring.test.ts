import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { secretPlaces } from '../../shared/domain/configuration/secret-places.ts';
import { createTargets } from '../../shared/wiring/targets.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { digest, orderOf } from '../helpers/git-repository-orders.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import { createMemoryRegistry } from '../helpers/world/memory-registry.ts';

test('createTargets() gives programs and webhooks their secrets, and tells nobody else of them', async t => {
  const asked: string[] = [];
  const host = await serveHttp(t, (request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(400).end('the key is open-sesame');
  });
  const secrets: Record<string, string> = {
    'env://KEY': 'open-sesame',
    'env://HOOK': `http://${host}/hook?token=open-sesame`,
  };
  const script = 'echo "$REGION with $KEY and $IMAGE"; exit 1';
  const configuration = ConfigurationShape.parse({
    targets: {
      machines: {
        kind: 'command',
        run: ['sh', '-c', script],
        environment: { KEY: 'env://KEY', REGION: 'eu' },
      },
      portainer: { kind: 'webhook', url: 'env://HOOK', secret: 'env://KEY' },
    },
  });
  t.deepEqual(
    secretPlaces(configuration).map(({ path }) => path.join('.')),
    ['targets.machines.environment.KEY', 'targets.portainer.url', 'targets.portainer.secret'],
  );
  const target = createTargets({
    configuration,
    credentials: async () => undefined,
    registry: createMemoryRegistry(),
    secret: reference => secrets[reference] ?? '',
    environment: { PATH: process.env['PATH'] },
    manifests: await temporaryFolder(t),
    log,
  });
  const deploy = async (name: string) =>
    (await target(name))?.deploy(orderOf('web', digest(1)), AbortSignal.timeout(30_000));
  t.deepEqual(await deploy('machines'), {
    kind: 'failed',
    reason: `Cannot deploy "web": "sh" exited with 1; it said: eu with *** and ghcr.io/acme/web@${digest(1)}`,
  });
  t.deepEqual(await deploy('portainer'), {
    kind: 'failed',
    reason: `Cannot deploy "web": http://${host} answered 400 (the key is ***); correct the address or the secret, or what receives it`,
  });
  t.deepEqual(asked, ['/hook?token=open-sesame']);
});
