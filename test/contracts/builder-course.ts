import { randomUUID } from 'node:crypto';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { imageContents } from '../helpers/image-contents.ts';
import type { BuilderKind } from './builder.ts';
import { type Files, type Holds, SILENT, SMALL } from './builder-bench.ts';

/** How every builder goes about an order: what it tells, when it pushes, how it ends. */
export function courseClaims(holds: Holds, kind: BuilderKind): void {
  const { checksFirst, hasOutput } = kind;

  const checks = checksFirst ? 'before it is pushed' : 'by its digest once it is pushed';
  holds(`has the image checked ${checks}`, async (t, bench) => {
    const checked: string[] = [];
    const order = await bench.order(SMALL, {
      async check(image) {
        checked.push(image);
        t.is((await bench.store.manifest(order.image)) === undefined, checksFirst);
      },
    });
    const { digest } = await bench.build(order);
    const name = checksFirst ? order.image : { ...bench.repositoryOf(order), digest };
    t.deepEqual(checked, [formatImageReference(name)]);
    t.is((await bench.store.manifest(order.image))?.digest, digest);
  });

  const pushed = checksFirst ? ', and has pushed nothing' : '';
  holds(`ends with what a check throws${pushed}`, async (t, bench) => {
    const error = new BuildFailure('it does not start');
    const order = await bench.order(SMALL, { check: () => Promise.reject(error) });
    t.is(await t.throwsAsync(bench.build(order)), error);
    t.is((await bench.store.manifest(order.image)) === undefined, checksFirst);
  });

  holds(`ends when it is stopped while the image is checked${pushed}`, async (t, bench) => {
    const stop = new AbortController();
    const order = await bench.order(SMALL, { check: async () => stop.abort(new Error('superseded')) });
    await t.throwsAsync(bench.build(order, SILENT, stop.signal), { message: 'superseded' });
    t.is((await bench.store.manifest(order.image)) === undefined, checksFirst);
  });

  if (kind.keepsSecrets) keepsSecrets(holds);
  else refusesSecrets(holds);

  const keeps = kind.keepsImages ? 'keeps the image, and forgets it when told to' : 'keeps no image';
  holds(`builds with limits, without a cache, and ${keeps}`, async (t, bench) => {
    // An image of its own, so that nobody else's is forgotten with it.
    const files = { Dockerfile: `${SMALL['Dockerfile']}# ${randomUUID()}\n` };
    const order = await bench.order(files, { limits: { memory: '64m', cpus: 0.5 }, cacheFrom: [] });
    await bench.build(order);
    t.is(await bench.has?.(order.image), kind.keepsImages ? true : undefined);
    const { digest } = await bench.build({ ...order, prune: true });
    t.is((await bench.store.manifest(order.image))?.digest, digest);
    t.is(await bench.has?.(order.image), kind.keepsImages ? false : undefined);
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

  const fails = (claim: string, files: Files, message: RegExp) =>
    holds(`${claim}, as a failure that no repeat will mend, and pushes nothing`, async (t, bench) => {
      const order = await bench.order(files);
      const error = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure, message });
      t.false(/\n\s+at /.test(error.message), 'no stack trace in the message');
      t.is(await bench.store.manifest(order.image), undefined);
    });
  fails('names a Dockerfile that is not there', { other: '' }, /Dockerfile/);
  for (const [what, line, message] of BROKEN) {
    const files = { Dockerfile: `FROM scratch\n${line}\n` };
    if (hasOutput) fails(`names ${what}`, files, message);
    else fails(`says where to read of ${what}`, files, /its log is at https:\/\//);
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

  holds(
    `tells ${hasOutput ? 'of every step' : 'how it goes'} line by line, and counts up to a total`,
    async (t, bench) => {
      const order = await bench.order({ Dockerfile: 'FROM scratch\nLABEL a=b\nCOPY Dockerfile /\n' });
      const lines: string[] = [];
      const counts: [string, number, number][] = [];
      await bench.build(order, {
        output: line => lines.push(line),
        progress: (...count) => counts.push(count),
      });
      for (const step of hasOutput ? ['FROM scratch', 'LABEL a=b', 'COPY Dockerfile /'] : []) {
        t.true(
          lines.some(line => /^Step \d\/\d ?: /i.test(line) && line.includes(step)),
          step,
        );
      }
      t.true(lines.length > 0 && !lines.some(line => line.includes('\n')));
      t.true(counts.length > 0 && counts.every(([, done, total]) => done >= 0 && done <= total));
      t.is(counts.at(-1)?.[1], counts.at(-1)?.[2]);
    },
  );

  holds(kind.stepsApart ? 'does its push within a step' : 'tells of no step apart', async (t, bench) => {
    const order = await bench.order(SMALL);
    const there: boolean[] = [];
    const look = async () => void there.push((await bench.store.manifest(order.image)) !== undefined);
    await bench.build(order, { ...SILENT, step: (_, act) => look().then(act).finally(look) });
    t.deepEqual(there, kind.stepsApart ? [false, true] : []);
  });
}

const BROKEN = [
  ['a file that is not there', 'COPY missing.txt /', /missing\.txt/],
  ['an instruction that is none', 'FROBNICATE x', /FROBNICATE/i],
  ['an argument that is missing', 'COPY one', /COPY/],
] as const;

function refusesSecrets(holds: Holds): void {
  holds('refuses secrets, since it cannot keep them, and says who can', async (t, bench) => {
    const order = await bench.order(SMALL, { secrets: { TOKEN: 'open-sesame' } });
    const error = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
    t.regex(
      error.message,
      /^Cannot build with secrets \(TOKEN\): .*; give this image a builder that keeps them/,
    );
    t.notRegex(error.message, /sesame/);
    t.is(await bench.store.manifest(order.image), undefined);
  });
}

function keepsSecrets(holds: Holds): void {
  holds('takes secrets, and neither shows them nor leaves them in the image', async (t, bench) => {
    const order = await bench.order(SMALL, { secrets: { TOKEN: 'open-sesame' } });
    const told: string[] = [];
    await bench.build(order, { ...SILENT, output: line => told.push(line) });
    const found = await imageContents(bench.store, order.image);
    t.notRegex(JSON.stringify([told, found]), /open-sesame/);
  });
}
