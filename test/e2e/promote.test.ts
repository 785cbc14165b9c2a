import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, runHeadway, startHeadway } from '../helpers/host-process.ts';
import { need } from '../helpers/need.ts';
import { runProgram } from '../helpers/run-program.ts';
import { push, smallImage } from '../helpers/small-image.ts';

const IMAGES = ['base', 'web', 'api', 'jobs', 'docs'];
const client = createRegistryClient({ credentials: async () => undefined });

/** A headway that serves a stack of five images in a registry; its own when none is named. */
async function serveStack(t: ExecutionContext, registry?: string) {
  const cwd = await temporaryFolder(t);
  const port = await freePort();
  const host = registry ?? `127.0.0.1:${port}`;
  const folder = `headway-test/${randomUUID()}`;
  const lines = IMAGES.map(image => `  ${image}: { repository: ${host}/${folder}/${image}, builder: none }`);
  await writeFile(join(cwd, 'headway.yaml'), `images:\n${lines.join('\n')}\n`);
  const options = { cwd, environment: { PORT: String(port) } };
  const running = startHeadway(['up'], options);
  t.teardown(async () => {
    running.signal('SIGTERM');
    await running.ended;
  });
  await running.ready;
  const at = (image: string, tag: string) => ({ registry: host, repository: `${folder}/${image}`, tag });
  return {
    running,
    options,
    push: (image: string, tag: string, word: string) =>
      push(client, at(image, tag), smallImage(`${folder} ${image} ${word}`)),
    /** What a tag names, as skopeo sees it. */
    named: (tag: string) => Promise.all(IMAGES.map(image => seen(`${host}/${folder}/${image}:${tag}`))),
    async headway(...words: string[]) {
      const { code, out, err } = await runHeadway([...words, '--by', 'Ada'], options);
      return { code, text: out + err };
    },
    async report(...words: string[]) {
      const { code, out, err } = await runHeadway([...words, '--json'], options);
      t.is(err, '');
      return { code, ...Promotion.parse(JSON.parse(out)) };
    },
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await isSo()) return;
    await later(100);
  }
}

async function seen(reference: string): Promise<string | undefined> {
  const words = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${reference}`];
  const out = await runProgram('skopeo', words).catch((error: unknown) => {
    if (/manifest unknown/.test(String(error))) return '';
    throw error;
  });
  return out?.trim() || undefined;
}

const promotes = test.macro({
  async exec(t, where: 'Distribution' | 'the embedded registry') {
    const own = where === 'the embedded registry';
    const registry = own ? where : need('LAB_REGISTRY');
    if (registry === undefined || (await runProgram('skopeo', ['--version'])) === undefined) {
      t.log(`skipped: ${registry === undefined ? 'LAB_REGISTRY is not set' : 'skopeo is not installed'}`);
      t.pass();
      return;
    }
    const stack = await serveStack(t, own ? undefined : registry);
    for (const image of IMAGES) {
      await stack.push(image, '2026.3-a1239a', 'new');
      if (image !== 'docs') await stack.push(image, '2026.3-stable', 'old');
      if (image !== 'docs') await stack.push(image, '2026.3-b1', 'half');
    }
    const [source, before] = [await stack.named('2026.3-a1239a'), await stack.named('2026.3-stable')];
    t.is(new Set([...source, ...before]).size, 10);

    const half = await stack.headway('promote', '2026.3-b1');
    t.is(half.code, 1, half.text);
    t.regex(half.text, /docs has no such tag; build the whole stack first/);
    const rehearsal = await stack.report('promote', '2026.3-a1239a', '--dry-run');
    t.like(rehearsal, { code: 0, phase: 'rehearsed' });
    t.deepEqual(await stack.named('2026.3-stable'), before);

    const moved = await stack.headway('promote', '2026.3-a1239a');
    t.is(moved.code, 0, moved.text);
    t.log(moved.text);
    t.deepEqual(await stack.named('2026.3-stable'), source);
    const some = await stack.report('promote', '2026.3-stable', '--to', 'stable', '--images', 'web,api');
    t.like(some, { code: 0, phase: 'moved', from: '2026.3-stable', to: 'stable' });
    t.deepEqual(await stack.named('stable'), [undefined, source[1], source[2], undefined, undefined]);

    const undone = await stack.report('undo', '3');
    // A registry that cannot take a tag away keeps the one that was new, and the report says so.
    const kept = own ? undefined : source[4];
    t.like(undone, { code: own ? 0 : 4, phase: own ? 'moved' : 'incomplete', undoes: 3 });
    t.deepEqual(await stack.named('2026.3-stable'), [...before.slice(0, 4), kept]);
    t.like(undone.images.at(-1), { state: own ? 'moved' : 'left', after: kept });

    t.is((await stack.headway('promote', '2026.3-a1239a')).code, 0);
    const back = await stack.headway('rollback', 'web:2026.3-stable', '--why', 'it is slow');
    t.is(back.code, 0, back.text);
    t.is(back.text, `web:2026.3-stable goes back to ${before[1]}\n`);
    await until(async () => (await stack.named('2026.3-stable'))[1] === before[1]);
    const held = await stack.headway('promote', '2026.3-a1239a');
    t.is(held.code, 1);
    t.regex(held.text.replaceAll(/\s+/g, ' '), /of web is held by Ada: took it back: it is slow \(hold 1\)/);
    const free = await stack.headway('release', 'web:2026.3-stable');
    t.is(free.text, 'web:2026.3-stable may be moved again\n');
    t.is((await stack.headway('promote', '2026.3-a1239a')).code, 0);
    t.deepEqual(await stack.named('2026.3-stable'), source);
  },
  title: (_, where) => `a stack of five is promoted, brought back and held there on ${where}`,
});

test.serial(promotes, 'the embedded registry');
test.serial(promotes, 'Distribution');
