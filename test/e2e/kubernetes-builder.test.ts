import test, { type ExecutionContext } from 'ava';
import { BuildFailure, type BuildOrder, type BuildProgress } from '../../shared/ports/builder.ts';
import { builderContract } from '../contracts/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { removeHeadwayImage } from '../helpers/headway-image.ts';
import { imageContents } from '../helpers/image-contents.ts';
import { type KubernetesBuilds, openKubernetesBuilds, untilSo } from '../helpers/kubernetes-builds.ts';
import { need } from '../helpers/need.ts';

const FILES = { Dockerfile: 'FROM scratch\nCOPY a /a\n', a: 'a' };
const SILENT: BuildProgress = { output() {}, progress() {} };
const KIND = {
  name: 'kubernetes',
  repeatable: true,
  checksFirst: false,
  keepsSecrets: false,
  hasOutput: true,
  stepsApart: false,
  keepsImages: false,
};
const soon = () => AbortSignal.timeout(120_000);

test.after.always(removeHeadwayImage);

// One pod after another: each is a whole headway, and the node may be small.
builderContract(test.serial, KIND, async t => {
  const place = await openKubernetesBuilds(t);
  if (place === undefined) {
    t.pass();
    return undefined;
  }
  const { store, registry } = place;
  const builder = place.builderWith();
  return { builder, store, registry };
});

holds('a build leaves no job, no pod and no secret behind', async (t, place) => {
  const order = await orderOf(t, place, FILES);
  const lines: string[] = [];
  await place.builderWith().build(order, { ...SILENT, output: line => lines.push(line) }, soon());
  t.true(lines.some(line => /^Made job "headway-build-[0-9a-f]{20}" in namespace "test-/.test(line)));
  t.deepEqual(await place.jobs(), []);
  await untilSo(
    async () => (await place.secrets()).length + (await place.pods(place.namespace)).length === 0,
  );
});

holds('a build that headway left in the middle is followed, and not begun twice', async (t, place) => {
  const order = await orderOf(t, place, FILES);
  const crash = new AbortController();
  // Whoever is killed removes nothing.
  const deaf = { ...place.cluster, ask: (call: { method: string }) => refuseDelete(place, call) };
  const progress = { ...SILENT, output: (line: string) => line.startsWith('Made job') && crash.abort() };
  const dead = place.builderWith({ cluster: deaf });
  await t.throwsAsync(dead.build(order, progress, crash.signal), { any: true });
  const [job] = await place.jobs();
  const lines: string[] = [];
  const { digest } = await place
    .builderWith()
    .build(order, { ...SILENT, output: line => lines.push(line) }, soon());
  t.true(lines.includes(`Found job "${job}" in namespace "${place.namespace}"`));
  t.is((await imageContents(place.store, order.image)).digest, digest);
  t.deepEqual(await place.jobs(), []);
});

holds('an aborted build is removed with its pod', async (t, place) => {
  const stop = new AbortController();
  const order = await orderOf(t, place, FILES);
  const progress = { ...SILENT, output: (line: string) => line === 'begun' && stop.abort() };
  const tool = { image: need('LAB_BASE_IMAGE') ?? '', command: ['sh', '-c', 'echo begun; exec sleep 300'] };
  await t.throwsAsync(place.builderWith({ tool }).build(order, progress, stop.signal), { any: true });
  await untilSo(async () => (await place.jobs()).length + (await place.pods(place.namespace)).length === 0);
  t.is(await place.store.manifest(order.image), undefined);
});

holds(
  'an image that cannot be fetched, memory that does not suffice and a node that is not there are sentences',
  async (t, place) => {
    const order = await orderOf(t, place, FILES);
    const missing = { image: `${need('LAB_REGISTRY')}/test/nothing:here`, patience: 1_000 };
    const cases = [
      [
        missing,
        BuildFailure,
        /^pod "headway-build-\S+": container "build" is in (?:ErrImagePull|ImagePullBackOff): /,
      ],
      [{ image: 'Not a name', patience: 1_000 }, BuildFailure, /InvalidImageName/],
      [
        { resources: { memory: '8m' } },
        BuildFailure,
        /killed for using more memory than it may; raise limits.memory/,
      ],
      [
        { nodeSelector: { moon: 'full' }, deadline: 3_000 },
        BuildFailure,
        /ended the build after 3 s.*no place to run/,
      ],
    ] as const;
    for (const [settings, instanceOf, message] of cases) {
      await t.throwsAsync(place.builderWith(settings).build(order, SILENT, soon()), { instanceOf, message });
      t.deepEqual(await place.jobs(), []);
    }
  },
);

holds(
  'another tool builds what was unpacked, with the arguments, variables and secrets of the order',
  async (t, place) => {
    const script = [
      'set -e',
      'test "$TOOL" = yes; test "$(cat /run/secrets/KEY)" = hidden; test -f "$DOCKER_CONFIG/config.json"',
      'grep -q COPY "$HEADWAY_DOCKERFILE"; echo "args: $*"; cat "$HEADWAY_CONTEXT/a"',
      'echo sha256:$(echo $HEADWAY_IMAGE | sha256sum | cut -c1-64) > $HEADWAY_DIGEST_FILE',
    ];
    const image = need('LAB_BASE_IMAGE') ?? '';
    const command = ['sh', '-c', script.join('\n'), 'sh', '$(HEADWAY_BUILD_ARGS)', '$(HEADWAY_IMAGE)'];
    const own = await orderOf(t, place, FILES);
    const order = { ...own, secrets: { KEY: 'hidden' }, args: { VERSION: '$(HOME) 7' } };
    const lines: string[] = [];
    const builder = place.builderWith({ tool: { image, command }, environment: { TOOL: 'yes' } });
    const { digest } = await builder.build(order, { ...SILENT, output: line => lines.push(line) }, soon());
    t.regex(digest, /^sha256:[0-9a-f]{64}$/);
    const { registry, repository, tag } = order.image;
    t.true(
      lines.includes(`args: --build-arg=VERSION=$(HOME) 7 ${registry}/${repository}:${tag}`),
      lines.join('\n'),
    );
    t.false(lines.join('\n').includes('hidden'));

    const fails = { image, command: ['sh', '-c', 'echo the line that matters; exit 3'] };
    await t.throwsAsync(place.builderWith({ tool: fails }).build(own, SILENT, soon()), {
      instanceOf: BuildFailure,
      message: /ended with exit code 3.*\nthe line that matters$/s,
    });
    await t.throwsAsync(place.builderWith().build(order, SILENT, soon()), {
      message: /^Cannot build with secrets/,
    });
  },
);

function holds(title: string, check: (t: ExecutionContext, place: KubernetesBuilds) => Promise<void>): void {
  test.serial(title, async t => {
    const place = await openKubernetesBuilds(t);
    if (place === undefined) t.pass();
    else await check(t, place);
  });
}

async function orderOf(
  t: ExecutionContext,
  { registry, namespace }: KubernetesBuilds,
  files: Readonly<Record<string, string>>,
): Promise<BuildOrder> {
  const context = await buildContext(t, files);
  const image = { registry, repository: `test/${namespace}`, tag: 'c0ffee' };
  return { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
}

function refuseDelete({ cluster }: KubernetesBuilds, call: { readonly method: string }): Promise<unknown> {
  if (call.method === 'DELETE') return Promise.reject(new Error('It was killed'));
  return cluster.ask(call as Parameters<typeof cluster.ask>[0]);
}
