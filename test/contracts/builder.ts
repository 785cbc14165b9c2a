import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import {
  type Builder,
  BuildFailure,
  type BuildOrder,
  type BuildProgress,
} from '../../shared/ports/builder.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import { buildContext, type ContextFile } from '../helpers/build-context.ts';
import { imageContents, pathsOf } from '../helpers/image-contents.ts';

/** A builder with the registry that it pushes to. */
export type BuilderPlace = {
  readonly builder: Builder;
  /** Reads the registry. */
  readonly store: ImageStore;
  /** Host with port. */
  readonly registry: string;
  /** Whether the same order gives the same digest, whatever was built before and on whichever machine. */
  readonly repeatable: boolean;
  /** Whether it has an image checked before it pushes it; others push first. */
  readonly checksFirst: boolean;
  /** Whether it keeps secrets out of images, and so takes them. */
  readonly keepsSecrets: boolean;
  /** Removes what the builder keeps of an image beside the registry. */
  readonly forget?: (image: ImageReference) => Promise<void>;
};
/** Nothing, said aloud, where the builder cannot run. What it opens is closed with the test. */
export type OpenBuilder = (t: ExecutionContext) => Promise<BuilderPlace | undefined>;

type Files = Readonly<Record<string, ContextFile>>;
type Bench = Awaited<ReturnType<typeof benchFor>>;

const EPOCH = Date.parse('2030-01-02T03:04:05Z');
const LONG_ENOUGH = 120_000;

type Register = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;

/** What every builder promises. */
export function builderContract(test: Register, name: string, open: OpenBuilder): void {
  const holds = (claim: string, check: (t: ExecutionContext, bench: Bench) => Promise<void>) =>
    test(`the ${name} builder ${claim}`, async t => {
      const place = await open(t);
      if (place !== undefined) await check(t, benchFor(t, place));
    });

  holds(
    'pushes an image from scratch under its tag, and tells the digest that the registry has',
    async (t, bench) => {
      const files = {
        Dockerfile: 'FROM scratch\nCOPY hello.txt /srv/\nCMD ["/srv/hello"]\n',
        'hello.txt': 'hello\n',
      };
      const order = await bench.order(files);
      const { digest } = await bench.build(order);
      const found = await imageContents(bench.store, order.image);
      t.is(found.digest, digest);
      t.like(
        found.layers.flat().find(({ path }) => path === 'srv/hello.txt'),
        { type: 'file', content: 'hello\n', mode: '644', owner: '0:0' },
      );
      t.deepEqual(found.config.config['Cmd'], ['/srv/hello']);
      t.is(found.config.rootfs.diff_ids.length, found.layers.length);
    },
  );

  holds('builds a child on exactly the parent that its build argument names', async (t, bench) => {
    const parent = await bench.order({ Dockerfile: 'FROM scratch\nENV FROM=parent\nCOPY a /a\n', a: 'a' });
    const { digest } = await bench.build(parent);
    const base = formatImageReference({ ...bench.repositoryOf(parent), digest });
    const files = { Dockerfile: `ARG BASE\nFROM \${BASE}\nCOPY b /b\n`, b: 'b' };
    const child = await bench.order(files, { args: { BASE: base } });
    await bench.build(child);
    const [below, above] = await Promise.all([
      imageContents(bench.store, parent.image),
      imageContents(bench.store, child.image),
    ]);
    t.deepEqual(above.manifest.layers.slice(0, 1), below.manifest.layers.slice());
    t.deepEqual(
      above.layers.map(layer => layer.map(({ path }) => path)),
      [['a'], ['b']],
    );
    t.true(JSON.stringify(above.config.config['Env']).includes('FROM=parent'));
  });

  holds('writes the labels of the order and the settings of the Dockerfile', async (t, bench) => {
    const Dockerfile = [
      'FROM scratch',
      'ARG VERSION=0',
      'ENV VERSION=$VERSION GREETING="hello world"',
      'LABEL own=yes over=dockerfile',
      'COPY Dockerfile /opt/',
      'WORKDIR /opt',
      'USER 1000',
      'EXPOSE 8080 53/udp',
      'ENTRYPOINT ["/opt/run"]',
      `CMD echo \${VERSION}`,
      'HEALTHCHECK --interval=1m30s --retries=2 CMD ["/opt/probe"]',
    ].join('\n');
    const order = await bench.order(
      { Dockerfile },
      { args: { VERSION: '7' }, labels: { commit: 'c0ffee', over: 'order' } },
    );
    await bench.build(order);
    const { config } = (await imageContents(bench.store, order.image)).config;
    t.like(config, {
      Labels: { commit: 'c0ffee', own: 'yes', over: 'order' },
      WorkingDir: '/opt',
      User: '1000',
      ExposedPorts: { '53/udp': {}, '8080/tcp': {} },
      Entrypoint: ['/opt/run'],
      Cmd: ['/bin/sh', '-c', `echo \${VERSION}`],
      Healthcheck: { Test: ['CMD', '/opt/probe'], Interval: 90e9, Retries: 2 },
    });
    const env = (config['Env'] as string[]).filter(line => !line.startsWith('PATH='));
    t.deepEqual(env, ['VERSION=7', 'GREETING=hello world']);
  });

  holds('copies nothing that .dockerignore leaves out', async (t, bench) => {
    const order = await bench.order({
      Dockerfile: 'FROM scratch\nCOPY . /\n',
      '.dockerignore': '# not these\n**/*.log\nsecret\n!keep.log\nDockerfile\n.dockerignore\n',
      'app/main.txt': 'm',
      'app/trace.log': 'x',
      'keep.log': 'k',
      'secret/key': 's',
    });
    await bench.build(order);
    const paths = pathsOf(await imageContents(bench.store, order.image));
    t.deepEqual(
      paths.filter(path => path !== 'app'),
      ['app/main.txt', 'keep.log'],
    );
  });

  holds('copies from an earlier stage', async (t, bench) => {
    const Dockerfile =
      'FROM scratch AS made\nCOPY in /made/here\nFROM scratch\nCOPY --from=made /made/here /out\nCOPY --from=0 /made /all/\n';
    const order = await bench.order({ Dockerfile, in: 'content' });
    await bench.build(order);
    const found = await imageContents(bench.store, order.image);
    t.deepEqual(pathsOf(found), ['all', 'all/here', 'out']);
    t.is(found.layers.flat().find(({ path }) => path === 'out')?.content, 'content');
  });

  holds('has the image checked before it ends, and pushed nothing yet where it can', async (t, bench) => {
    const checked: string[] = [];
    const order = await bench.order(SMALL, {
      async check(image) {
        checked.push(image);
        t.is((await bench.store.manifest(order.image)) === undefined, bench.checksFirst);
      },
    });
    const { digest } = await bench.build(order);
    const name = bench.checksFirst ? order.image : { ...bench.repositoryOf(order), digest };
    t.deepEqual(checked, [formatImageReference(name)]);
    t.is((await bench.store.manifest(order.image))?.digest, digest);
  });

  holds('ends with what a check throws, and then has pushed nothing where it can', async (t, bench) => {
    const error = new BuildFailure('it does not start');
    const order = await bench.order(SMALL, { check: () => Promise.reject(error) });
    t.is(await t.throwsAsync(bench.build(order)), error);
    t.is((await bench.store.manifest(order.image)) === undefined, bench.checksFirst);
  });

  holds('pushes nothing when it is stopped while the image is checked, where it can', async (t, bench) => {
    const stop = new AbortController();
    const order = await bench.order(SMALL, { check: async () => stop.abort(new Error('superseded')) });
    await t.throwsAsync(bench.build(order, SILENT, stop.signal), { message: 'superseded' });
    t.is((await bench.store.manifest(order.image)) === undefined, bench.checksFirst);
  });

  holds('refuses secrets that it cannot keep, and says who can', async (t, bench) => {
    if (bench.keepsSecrets) {
      t.pass(`the ${name} builder keeps them`);
      return;
    }
    const order = await bench.order(SMALL, { secrets: { TOKEN: 'open-sesame' } });
    const error = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
    t.regex(
      error.message,
      /^Cannot build with secrets \(TOKEN\): .*; give this image a builder that keeps them/,
    );
    t.notRegex(error.message, /sesame/);
    t.is(await bench.store.manifest(order.image), undefined);
  });

  holds('builds with limits, without a cache, and forgets the image when told to', async (t, bench) => {
    // An image of its own, so that nobody else's is forgotten with it.
    const files = { Dockerfile: `${SMALL['Dockerfile']}# ${randomUUID()}\n` };
    const order = await bench.order(files, {
      limits: { memory: '64m', cpus: 0.5 },
      cacheFrom: [],
      prune: true,
    });
    const { digest } = await bench.build(order);
    t.is((await bench.store.manifest(order.image))?.digest, digest);
  });

  holds('builds although what it may reuse is not there', async (t, bench) => {
    const order = await bench.order(SMALL);
    const cacheFrom = [
      { ...order.image, tag: 'none' },
      { registry: '127.0.0.1:1', repository: 'nowhere', tag: 'latest' },
    ];
    await bench.build({ ...order, cacheFrom });
    t.not(await bench.store.manifest(order.image), undefined);
  });

  const fails: readonly (readonly [claim: string, files: Files, message: RegExp])[] = [
    ['names a file that is not there', { Dockerfile: 'FROM scratch\nCOPY missing.txt /\n' }, /missing\.txt/],
    ['names an instruction that is none', { Dockerfile: 'FROM scratch\nFROBNICATE x\n' }, /FROBNICATE/i],
    ['names a Dockerfile that is not there', { other: '' }, /Dockerfile/],
    ['names an argument that is missing', { Dockerfile: 'FROM scratch\nCOPY one\n' }, /COPY/],
  ];
  for (const [claim, files, message] of fails) {
    holds(`${claim}, as a failure that no repeat will mend, and pushes nothing`, async (t, bench) => {
      const order = await bench.order(files);
      const error = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure, message });
      t.false(/\n\s+at /.test(error.message), 'no stack trace in the message');
      t.is(await bench.store.manifest(order.image), undefined);
    });
  }

  holds('stops when told to, which is not a failure of the build, and pushes nothing', async (t, bench) => {
    const order = await bench.order({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /a\nCOPY Dockerfile /b\n' });
    const stop = new AbortController();
    const progress = { output: () => stop.abort(), progress() {} };
    const error = await t.throwsAsync(bench.build(order, progress, stop.signal), { any: true });
    t.false(error instanceof BuildFailure);
    t.is(await bench.store.manifest(order.image), undefined);
    const before = AbortSignal.abort();
    await t.throwsAsync(bench.build(order, SILENT, before), { any: true });
  });

  holds('tells of every step as a line, and counts up to a total', async (t, bench) => {
    const order = await bench.order({ Dockerfile: 'FROM scratch\nLABEL a=b\nCOPY Dockerfile /\n' });
    const lines: string[] = [];
    const counts: [string, number, number][] = [];
    await bench.build(order, {
      output: line => lines.push(line),
      progress: (...count) => counts.push(count),
    });
    for (const step of ['FROM scratch', 'LABEL a=b', 'COPY Dockerfile /']) {
      t.true(
        lines.some(line => /^Step \d\/\d ?: /i.test(line) && line.includes(step)),
        step,
      );
    }
    t.false(lines.some(line => line.includes('\n')));
    t.true(counts.length > 0 && counts.every(([, done, total]) => done >= 0 && done <= total));
    t.is(counts.at(-1)?.[1], counts.at(-1)?.[2]);
  });

  holds('does its push within a step, where it tells of one', async (t, bench) => {
    const order = await bench.order(SMALL);
    const there: boolean[] = [];
    const look = async () => void there.push((await bench.store.manifest(order.image)) !== undefined);
    await bench.build(order, { ...SILENT, step: (_, act) => look().then(act).finally(look) });
    t.true(there.length === 0 || there.join() === 'false,true', there.join());
  });

  holds('gives the same order the same digest, where it says so', async (t, bench) => {
    if (!bench.repeatable) {
      t.pass(`the ${name} builder does not say so`);
      return;
    }
    const files = { Dockerfile: 'FROM scratch\nCOPY . /\nLABEL a=b\n', 'b/c': 'c', a: { program: 'a' } };
    const [first, second] = [await bench.order(files), await bench.order(files)];
    t.deepEqual(await bench.build(first), await bench.build(second));
    const later = await bench.order(files, { epoch: EPOCH + 1000 });
    t.notDeepEqual(await bench.build(first), await bench.build(later));
  });
}

const SMALL: Files = { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' };
const SILENT: BuildProgress = { output() {}, progress() {} };

function benchFor(t: ExecutionContext, place: BuilderPlace) {
  const { builder, registry } = place;
  return {
    ...place,
    async order(files: Files, rest: Partial<BuildOrder> = {}): Promise<BuildOrder> {
      const context = await buildContext(t, files);
      const image = { registry, repository: `contract/${randomUUID()}`, tag: 'c0ffee' };
      if (place.forget !== undefined) t.teardown(() => place.forget?.(image));
      return { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: EPOCH, ...rest };
    },
    build(order: BuildOrder, progress = SILENT, signal = AbortSignal.timeout(LONG_ENOUGH)) {
      return builder.build(order, progress, signal);
    },
    repositoryOf({ image }: BuildOrder): ImageReference {
      return { registry: image.registry, repository: image.repository };
    },
  };
}
