import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, runHeadway, startHeadway } from '../helpers/host-process.ts';
import { push, smallImage } from '../helpers/small-image.ts';
import { startSshServer } from '../helpers/ssh-server.ts';

const IMAGES = ['base', 'web'];
const SOURCE = '2026.3-a1239a';
const client = createRegistryClient({ credentials: async () => undefined });

/** A headway of its own, with a stack in its registry and these gates before every promotion. */
async function serve(t: ExecutionContext, gates: Readonly<Record<string, object>>) {
  const cwd = await temporaryFolder(t);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const repository = (image: string) => `stack/${image}`;
  const images = IMAGES.map(image => [
    image,
    { repository: `${host}/${repository(image)}`, builder: 'none' },
  ]);
  const configuration = {
    images: Object.fromEntries(images),
    gates,
    promotions: { gates: Object.keys(gates) },
  };
  await writeFile(join(cwd, 'headway.yaml'), JSON.stringify(configuration));
  const options = { cwd, environment: { PORT: String(port) } };
  const start = async () => {
    const running = startHeadway(['up'], options);
    t.teardown(async () => {
      running.signal('SIGTERM');
      await running.ended;
    });
    await running.ready;
    return running;
  };
  const running = await start();
  const digests: string[] = [];
  for (const image of IMAGES) {
    const at = { registry: host, repository: repository(image), tag: SOURCE };
    digests.push(await push(client, at, smallImage(`${randomUUID()} ${image}`)));
  }
  return {
    ...{ cwd, running, start, digests },
    named: (tag: string) =>
      Promise.all(
        IMAGES.map(
          async image => (await client.head({ registry: host, repository: repository(image), tag }))?.digest,
        ),
      ),
    headway: (...words: string[]) => runHeadway(words, options),
    async report(...words: string[]) {
      const { code, out, err } = await runHeadway([...words, '--json'], options);
      return { code, err, ...Promotion.parse(JSON.parse(out)) };
    },
  };
}

test.serial(
  'a stack is held by a test and two people, who speak by headway approve; the test and its log are kept',
  async t => {
    const mark = join(await temporaryFolder(t), 'green');
    const place = await serve(t, {
      smoke: { kind: 'command', run: ['sh', '-c', `echo "testing $HEADWAY_NAME"; cat ${mark}`] },
      staff: { kind: 'approval', count: 2 },
    });
    const red = await place.headway('promote', SOURCE, '--by', 'Ada');
    t.is(red.code, 1);
    t.regex(red.out, /Cannot promote "2026.3-a1239a": gate "smoke" of (?:base|web) failed \(exit status 1\)/);
    t.deepEqual(await place.named('2026.3-stable'), [undefined, undefined]);

    await writeFile(mark, 'green');
    const asked = await place.report('promote', SOURCE, '--by', 'Ada', '--no-wait');
    t.like(asked, { code: 0, phase: 'gated', number: 2 });
    const [smoke] = asked.gates ?? [];
    const log = await readFile(join(place.cwd, '.headway', 'artifacts', smoke?.log ?? ''), 'utf8');
    t.is(log, 'testing base\ngreenheadway: passed, exit status 0\n'.replace('green', 'green\n'));
    t.is((await place.headway('approve', '2', 'smoke')).code, 1);
    t.is((await place.headway('approve', '2', 'staff', '--by', 'Ada')).code, 0);
    t.is((await place.headway('approve', '2', 'staff', '--by', 'Ada')).code, 0);
    t.deepEqual(await place.named('2026.3-stable'), [undefined, undefined]);

    // Whoever is killed takes no voice and no result along.
    place.running.signal('SIGKILL');
    await place.running.ended;
    await rm(mark);
    await place.start();
    const last = await place.headway('approve', '2', 'staff', '--by', 'Grace');
    t.log(last.out);
    for (;;) {
      const { items } = await readPromotions(place.cwd);
      if (items[0]?.phase !== 'gated' && items[0]?.phase !== 'moving') break;
      await later(100);
    }
    t.deepEqual(await place.named('2026.3-stable'), place.digests);

    const rehearsed = await place.headway('promote', SOURCE, '--to', 'stable', '--dry-run');
    t.is(rehearsed.code, 0);
    t.log(rehearsed.out);
    t.regex(rehearsed.out, /^smoke {2}base {3}passed +exit status 0; in promotion 2/m);
    t.regex(rehearsed.out, /^staff {2}- {6}would be asked$/m);
    const skipping = ['promote', SOURCE, '--to', 'stable', '--skip-gate', 'staff'];
    t.is((await place.headway(...skipping)).code, 2, 'a reason is wanted');
    const skipped = await place.headway(...skipping, '--why', 'a fire', '--by', 'Ada');
    t.is(skipped.code, 0, skipped.out);
    t.regex(skipped.out, /^staff {2}- {6}skipped {2}Ada said so: a fire$/m);
    t.deepEqual(await place.named('stable'), place.digests);
  },
);

test.serial(
  'the test of a stack runs on a remote host that proves itself, and holds the stack until it does',
  async t => {
    const server = await startSshServer(t);
    if (server === undefined) return;
    const [key, knownHosts] = [join(server.folder, 'client'), join(server.folder, 'known')];
    await writeFile(knownHosts, server.otherHosts);
    const { host, port, user } = server;
    const place = await serve(t, {
      gpu: {
        ...{ kind: 'ssh', host, port, user, key: `file://${key}`, knownHosts: `file://${knownHosts}` },
        ...{ command: ['sh', '-c', 'echo "$0"', '{image}'], images: ['web'] },
      },
    });
    const held = await place.report('promote', SOURCE, '--no-wait');
    t.like(held, { phase: 'gated' });
    t.regex(held.gates?.[0]?.reason ?? '', /Host key verification failed/);
    const withdrawn = await place.report('undo', '1', '--by', 'Ada');
    t.like(withdrawn, { code: 0, phase: 'refused', reason: 'Ada withdrew it before its gates had passed' });
    place.running.signal('SIGTERM');
    await place.running.ended;
    await writeFile(knownHosts, server.knownHosts);
    await place.start();
    const moved = await place.report('promote', SOURCE);
    t.like(moved, { code: 0, phase: 'moved' });
    const log = await readFile(join(place.cwd, '.headway', 'artifacts', moved.gates?.[0]?.log ?? ''), 'utf8');
    t.regex(log, /stack\/web@sha256:[0-9a-f]{64}\nheadway: passed/);
  },
);

async function readPromotions(cwd: string): Promise<{ items: { phase: string }[] }> {
  const { url } = JSON.parse(await readFile(join(cwd, '.headway', 'address.json'), 'utf8'));
  return (await fetch(`${url}/api/v1/promotions?limit=1`)).json();
}
