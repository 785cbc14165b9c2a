import { randomUUID } from 'node:crypto';
import test from 'ava';
import { createBuildRecord } from '../../functions/builds/build-record.ts';
import { buildTested } from '../../functions/builds/build-tested.ts';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { Image } from '../../shared/domain/configuration/images.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { MissingFolder } from '../../shared/ports/forge.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createEngine } from '../../shared/wiring/engine.ts';
import { createWorkings } from '../../shared/wiring/workings.ts';
import { buildContext } from '../helpers/build-context.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { need } from '../helpers/need.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

test('an image is tested on the engine that built it, where this machine has none, and gets its name by that alone', async t => {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined) {
    t.log('skipped: needs an image with a shell (LAB_BASE_IMAGE)');
    t.pass();
    return;
  }
  const folder = await temporaryFolder(t);
  const builders = {
    big: { kind: 'docker', host: lab.engine.address },
    kitchen: { kind: 'pool', of: ['big'] },
  };
  const its = createWorkings(
    {
      configuration: ConfigurationShape.parse({ builders }),
      secret: () => '',
      redact: text => text,
      environment: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
      log,
      show: () => {},
    },
    {
      records: createRecords(createMemoryDocuments()),
      hints: createInProcessHints({ log }),
      clock: { now: Date.now },
      folders: { repos: folder, manifests: folder },
    },
  );
  const engine = createEngine(its);
  const context = await buildContext(t, { Dockerfile: `FROM ${base}\nRUN echo ok > /state\n` });
  const build = async (integration: string) => {
    const image = { registry: lab.registry, repository: `test/${randomUUID()}`, tag: 'c0ffee' };
    const place = (await engine.builder('kitchen')).take();
    if (place === undefined) throw new Error('No place');
    const tests = {
      basic: [{ command: ['grep', 'ok', '/state'] }],
      integration: [{ command: ['sh', '-c', integration] }],
    };
    const building = buildTested(
      { ...its, containers: engine.containers },
      {
        builder: place.builder,
        order: { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 },
        settings: Image.parse({ repository: 'example.com/web', tests, prune: true }),
        checkout: { folder: async path => Promise.reject(new MissingFolder(path)) },
        record: createBuildRecord(its.clock, () => {}),
        progress() {},
        signal: AbortSignal.timeout(60_000),
      },
    );
    return { building, published: () => its.registry.head(image) };
  };
  const good = await build('exit 0');
  const { digest } = await good.building;
  t.is((await good.published())?.digest, digest);
  const bad = await build('exit 1');
  await t.throwsAsync(bad.building, { instanceOf: BuildFailure, message: /^Test "sh -c exit 1" of / });
  t.is(await bad.published(), undefined);
});
