import test, { type ExecutionContext } from 'ava';
import { createTakePull, type PatchToPlan } from '../../functions/builds/take-pull.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { deliveries, pulls } from '../../shared/records/collections.ts';
import { createRecords, put, refTo } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { webhookFixture } from '../helpers/signed-webhook.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const NOW = '2030-01-01T00:00:00.000Z';
const HEAD = '8c2b7e4f6a1d3059c8b7a6e5d4f3c2b1a0918273';
const NEXT = 'b'.repeat(40);

type Change = {
  readonly action?: string;
  readonly head?: string;
  readonly minute?: number;
  readonly repo?: number;
};

/** GitHub's pull request 7, with other words. */
function payload({ action = 'synchronize', head = HEAD, minute = 0, repo = 771002 }: Change = {}): string {
  const said = JSON.parse(webhookFixture('github-pull-request'));
  const { head: old } = said.pull_request;
  return JSON.stringify({
    ...said,
    action,
    pull_request: {
      ...said.pull_request,
      updated_at: `2026-02-11T09:${10 + minute}:00Z`,
      head: { ...old, sha: head, repo: { ...old.repo, id: repo } },
    },
  });
}

function place(
  t: ExecutionContext,
  settings: object = { pullRequests: 'own' },
  url = 'git@github.com:acme/shop.git',
) {
  const records = createRecords(createMemoryDocuments());
  const configuration = ConfigurationShape.parse({
    repos: { shop: { url, forge: 'github', ...settings } },
    hooks: { github: { kind: 'github', secret: 'env://SECRET' } },
  });
  const planned: PatchToPlan[] = [];
  const calledOff: number[] = [];
  let failures = 0;
  const takePull = createTakePull({
    records,
    configuration,
    clock: { now: () => Date.parse(NOW) },
    log,
    async plan(patch) {
      if (failures-- > 0) throw new Error('The forge is down');
      planned.push(patch);
      return '2 images: api, web';
    },
    async callOff({ number }) {
      calledOff.push(number);
    },
  });
  async function deliver(id: string, body: string) {
    const delivery: Delivery = {
      source: 'github',
      id,
      kind: 'github',
      event: 'pull_request',
      topic: 'pushes',
      receivedAt: NOW,
      repeats: 0,
      body,
      status: 'waiting',
      expireAt: NOW,
      due: NOW,
      attempts: 0,
    };
    await records.transact([], () => ({ result: undefined, writes: [put(deliveries, delivery)] }));
    return look(id);
  }
  async function look(id: string) {
    const { key } = refTo(deliveries, 'github', id);
    await takePull({ topic: 'pushes', collection: 'deliveries', key });
    const found = await records.get(refTo(deliveries, 'github', id));
    t.is(found?.due, undefined);
    return [found?.status, found?.outcome];
  }
  const pull = () => records.get(refTo(pulls, 'shop', 7));
  return { deliver, look, pull, planned, calledOff, fail: (times: number) => (failures = times) };
}

test('takePull() plans each head of a pull request under its patch number', async t => {
  const { deliver, planned, pull } = place(t);
  t.deepEqual(await deliver('1', payload()), ['done', 'pull request 7, patch 1: 2 images: api, web']);
  t.deepEqual(await deliver('2', payload({ head: NEXT, minute: 1 })), [
    'done',
    'pull request 7, patch 2: 2 images: api, web',
  ]);
  t.deepEqual(planned[1], {
    repo: 'shop',
    commit: NEXT,
    branch: 'feature/basket',
    pull: { number: 7, patch: 2, title: "Take the basket's currency from the country", base: 'main' },
    delivery: refTo(deliveries, 'github', '2').key,
  });
  t.deepEqual(
    (await pull())?.heads.map(({ sha }) => sha),
    [HEAD, NEXT],
  );
});

test('takePull() does nothing for a delivery that is settled, and the same for one that comes again', async t => {
  const { deliver, look, planned, pull } = place(t);
  await deliver('1', payload());
  const before = await pull();
  await look('1');
  t.is(planned.length, 1);
  await deliver('1 again', payload());
  t.deepEqual(
    planned.map(({ pull: { patch } }) => patch),
    [1, 1],
  );
  t.deepEqual(await pull(), before);
});

test('takePull() leaves the delivery waiting when planning fails, and keeps its patch number', async t => {
  const { deliver, look, pull, planned, fail } = place(t);
  fail(1);
  await t.throwsAsync(deliver('1', payload()), { message: 'The forge is down' });
  t.is((await pull())?.patch, 1);
  t.deepEqual(await look('1'), ['done', 'pull request 7, patch 1: 2 images: api, web']);
  t.is(planned.length, 1);
});

test('takePull() calls off the builds of a closed pull request, and builds no head that was overtaken', async t => {
  const { deliver, planned, calledOff, pull } = place(t);
  await deliver('1', payload({ head: NEXT, minute: 2 }));
  t.deepEqual(await deliver('2', payload({ minute: 1 })), [
    'done',
    'pull request 7 has changed since: nothing is built',
  ]);
  t.deepEqual(await deliver('3', payload({ action: 'closed', minute: 3 })), [
    'done',
    'pull request 7 was closed: nothing is built',
  ]);
  t.is((await pull())?.status, 'closed');
  t.deepEqual(calledOff, [7]);
  t.is(planned.length, 1);
});

const ignores = test.macro(
  async (t, its: { settings?: object; url?: string; body?: string }, outcome: string) => {
    const { deliver, planned, pull } = place(t, its.settings, its.url);
    t.deepEqual(await deliver('1', its.body ?? payload()), ['ignored', outcome]);
    t.deepEqual(planned, []);
    t.is(await pull(), undefined);
  },
);

test(
  'takePull() ignores pull requests where nobody asked for them',
  ignores,
  { settings: {} },
  'pull request 7: those of repo shop are not built (pullRequests: off)',
);
test(
  'takePull() ignores forks unless they are asked for',
  ignores,
  { body: payload({ repo: 5 }) },
  'pull request 7 is not from a branch of repo shop: only those are built (pullRequests: own)',
);
test(
  'takePull() ignores a repository that is not configured',
  ignores,
  { url: 'https://github.com/acme/other' },
  'no repo of the configuration has the URL https://github.com/acme/shop.git',
);
test(
  'takePull() ignores what says nothing of the commits',
  ignores,
  { body: payload({ action: 'labeled' }) },
  'nothing of its commits changed: nothing to do',
);

test('takePull() builds forks where they are asked for', async t => {
  const { deliver, planned } = place(t, { pullRequests: 'all' });
  t.deepEqual(await deliver('1', payload({ repo: 5 })), [
    'done',
    'pull request 7, patch 1: 2 images: api, web',
  ]);
  t.is(planned.length, 1);
});
