import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { imageContents, pathsOf } from '../helpers/image-contents.ts';
import type { BuilderKind } from './builder.ts';
import { EPOCH, type Holds } from './builder-bench.ts';

/** What is in the images that every builder makes. */
export function imageClaims(holds: Holds, { repeatable }: BuilderKind): void {
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

  if (!repeatable) return;
  holds('gives the same order the same digest', async (t, bench) => {
    const files = { Dockerfile: 'FROM scratch\nCOPY . /\nLABEL a=b\n', 'b/c': 'c', a: { program: 'a' } };
    const [first, second] = [await bench.order(files), await bench.order(files)];
    t.deepEqual(await bench.build(first), await bench.build(second));
    const later = await bench.order(files, { epoch: EPOCH + 1000 });
    t.notDeepEqual(await bench.build(first), await bench.build(later));
  });
}
