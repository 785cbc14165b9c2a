import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createCommandBuilder } from '../../shared/adapters/builders/command/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { builderContract } from '../contracts/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { buildahProgram } from '../helpers/buildah.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { imageContents } from '../helpers/image-contents.ts';
import { need } from '../helpers/need.ts';

const store = createRegistryClient({ credentials: async () => undefined });

const KIND = {
  name: 'command (buildah)',
  repeatable: false,
  checksFirst: false,
  keepsSecrets: true,
  hasOutput: true,
  stepsApart: false,
  keepsImages: false,
};
builderContract(test, KIND, open);

test('a secret is there while buildah builds, and in nothing that is pushed', async t => {
  const place = await open(t);
  const base = need('LAB_BASE_IMAGE');
  if (place === undefined || base === undefined) {
    t.pass();
    return;
  }
  const Dockerfile = `FROM ${base}\nRUN --mount=type=secret,id=TOKEN sha256sum < /run/secrets/TOKEN > /proof && cat /run/secrets/TOKEN\n`;
  const image = { registry: place.registry, repository: `test/command-${Date.now()}`, tag: 'c0ffee' };
  const context = await buildContext(t, { Dockerfile });
  const lines: string[] = [];
  await place.builder.build(
    {
      image,
      context,
      dockerfile: 'Dockerfile',
      args: {},
      labels: {},
      epoch: 0,
      secrets: { TOKEN: 'open-sesame' },
    },
    { output: line => lines.push(line), progress() {} },
    AbortSignal.timeout(60_000),
  );
  const found = await imageContents(store, image);
  const proof = found.layers.flat().find(({ path }) => path === 'proof');
  const hash = createHash('sha256').update('open-sesame').digest('hex');
  t.is(proof?.content, `${hash}  -\n`);
  t.false(JSON.stringify(found).includes('open-sesame'));
  t.false(lines.join('\n').includes('open-sesame'));
  t.true(
    lines.some(line => line.startsWith('***')),
    lines.join('\n'),
  );
});

async function open(t: ExecutionContext) {
  const registry = need('LAB_REGISTRY');
  if (registry === undefined) {
    t.log('skipped: needs a registry to push to (LAB_REGISTRY)');
    t.pass();
    return undefined;
  }
  const program = await buildahProgram(t);
  if (program === undefined) return undefined;
  const builder = createCommandBuilder({
    ...program,
    redact: secrets => text => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text),
    credentials: async () => undefined,
    registry: store,
    outside: process.env,
    temporary: await temporaryFolder(t),
  });
  return { builder, store, registry };
}
