import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { createLayersBuilder } from '../../shared/adapters/builders/layers/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import {
  formatImageReference,
  type ImageReference,
  repositoryName,
} from '../../shared/domain/names/image-reference.ts';
import { builderContract } from '../contracts/builder.ts';
import { buildContext, type ContextFile } from '../helpers/build-context.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { need } from '../helpers/need.ts';
import { removeImages } from '../helpers/remove-images.ts';

const run = promisify(execFile);
const KIND = { hasOutput: true, stepsApart: true };
const LAYERS = {
  ...KIND,
  name: 'layers (to Distribution)',
  repeatable: true,
  checksFirst: false,
  keepsSecrets: false,
  keepsImages: false,
};
const DOCKER = {
  ...KIND,
  name: 'docker',
  repeatable: false,
  checksFirst: true,
  keepsSecrets: true,
  keepsImages: true,
};
const store = createRegistryClient({ credentials: async () => undefined });

builderContract(test, LAYERS, async t => {
  const registry = need('LAB_REGISTRY');
  if (registry !== undefined) return { builder: createLayersBuilder({ store }), store, registry };
  t.log('skipped: needs a registry to push to (LAB_REGISTRY)');
  t.pass();
  return undefined;
});

builderContract(test, DOCKER, async t => {
  const lab = dockerLab(t);
  if (lab === undefined) {
    t.pass();
    return undefined;
  }
  const builder = createDockerBuilder({ engine: lab.engine, credentials: async () => undefined });
  const forget = async (image: ImageReference) =>
    removeImages(await lab.engine.client(), { reference: [repositoryName(image)] });
  return { builder, store, registry: lab.registry, has, forget };
});

async function has(image: ImageReference): Promise<boolean> {
  const { stdout } = await run('docker', ['images', '--quiet', formatImageReference(image)]);
  return stdout !== '';
}

test('an engine pulls an image of the layers builder and finds every file with its mode and owner', async t => {
  const files = {
    Dockerfile:
      'FROM scratch\nCOPY . /data/\nCOPY --chown=1000660000:12 --chmod=4750 run /bin/\nCMD ["/bin/run"]\n',
    'plain.txt': 'plain',
    run: { program: 'run' },
    'näme with blanks': 'ü',
    [`deep/${'long-name-'.repeat(15)}/file`]: 'deep',
    link: { link: 'plain.txt' },
  };
  await withImage(t, files, async image => {
    const { stdout: id } = await run('docker', ['create', image]);
    const listing = await exported(id.trim());
    t.regex(listing, /^-rw-r--r-- 0\/0 .* data\/plain\.txt$/m);
    t.regex(listing, /^-rwxr-xr-x 0\/0 .* data\/run$/m);
    t.regex(listing, /^-rwsr-x--- 1000660000\/12 .* bin\/run$/m);
    t.regex(listing, /^-rw-r--r-- 0\/0 .* data\/näme with blanks$/m);
    t.regex(listing, /^-rw-r--r-- 0\/0 .* data\/deep\/(?:long-name-){15}\/file$/m);
    t.regex(listing, /^lrwxrwxrwx 0\/0 .* data\/link -> plain\.txt$/m);
    t.regex(listing, /2030-01-02 03:04:05 data\/plain\.txt$/m);
  });
});

test('an image of the layers builder on a base runs, with its files, folder, variables and user', async t => {
  const base = need('LAB_BASE_IMAGE');
  if (base === undefined) {
    t.log('skipped: needs an image with a shell (LAB_BASE_IMAGE)');
    t.pass();
    return;
  }
  const Dockerfile = [
    'ARG BASE',
    'FROM $BASE AS base',
    'FROM $BASE',
    'ENV GREETING="hello there"',
    'WORKDIR /opt/app',
    'COPY --chown=7:8 say.sh .',
    'COPY --from=base /bin/busybox /opt/copied/busybox',
    'USER 7',
    'ENTRYPOINT ["./say.sh"]',
    'CMD echo from a shell',
  ].join('\n');
  const say = '#!/bin/sh\necho "$GREETING in $PWD as $(id -u): $*"\n/opt/copied/busybox echo copied\n';
  await withImage(
    t,
    { Dockerfile, 'say.sh': { program: say } },
    async image => {
      const { stdout } = await run('docker', ['run', '--rm', image]);
      t.is(stdout, 'hello there in /opt/app as 7: /bin/sh -c echo from a shell\ncopied\n');
      const { stdout: owner } = await run('docker', [
        'run',
        '--rm',
        '--entrypoint',
        'stat',
        image,
        '-c',
        '%u:%g %a',
        'say.sh',
      ]);
      t.is(owner, '7:8 755\n');
    },
    { BASE: base },
  );
});

async function withImage(
  t: ExecutionContext,
  files: Readonly<Record<string, ContextFile>>,
  check: (image: string) => Promise<void>,
  args: Readonly<Record<string, string>> = {},
): Promise<void> {
  const lab = dockerLab(t);
  if (lab === undefined) {
    t.pass();
    return;
  }
  const image = { registry: lab.registry, repository: `layers-e2e/${randomUUID()}`, tag: 'c0ffee' };
  const order = {
    image,
    context: await buildContext(t, files),
    dockerfile: 'Dockerfile',
    args,
    labels: {},
    epoch: Date.parse('2030-01-02T03:04:05Z'),
  };
  const { digest } = await createLayersBuilder({ store }).build(
    order,
    { output: line => t.log(line), progress() {} },
    AbortSignal.timeout(60_000),
  );
  const name = formatImageReference({ ...image, digest });
  t.teardown(async () => {
    const { stdout: containers } = await run('docker', ['ps', '-aq', '--filter', `ancestor=${name}`]);
    const ids = containers.split('\n').filter(id => id !== '');
    if (ids.length > 0) await run('docker', ['rm', '-f', ...ids]);
    await run('docker', ['rmi', name]);
  });
  await run('docker', ['pull', '-q', name]);
  await check(name);
}

async function exported(container: string): Promise<string> {
  const command = 'docker export "$0" | TZ=UTC LC_ALL=C.UTF-8 tar -tv --full-time --numeric-owner';
  const { stdout } = await run('bash', ['-o', 'pipefail', '-c', command, container]);
  return stdout;
}
