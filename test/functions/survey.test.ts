import test from 'ava';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import type { Found } from '../../shared/ports/target.ts';
import { deliveries, services, surveys } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const image = (commit: string, name = 'web') => digestOf(name, commit, '');
const found = (workload: string, more: Partial<Found> = {}): Found => ({
  workload,
  image: { registry: 'registry.example', repository: 'shop/web', tag: 'prod' },
  updating: false,
  labels: {},
  ...more,
});
const verdictOf = (report: { findings: readonly { service: string; verdict: string }[] }, service = 'web') =>
  report.findings.find(finding => finding.service === service)?.verdict;

test('What runs as it is published is left, and nothing is written', async t => {
  const life = await startOn(['c1']);
  const before = life.documents.snapshot();
  const report = await life.survey();
  t.is(verdictOf(report), 'current');
  t.true(report.complete);
  t.deepEqual(life.documents.snapshot(), before);
});

test('What runs another digest is brought back, by a deploy like any other', async t => {
  const life = await startOn(['c1', 'c2']);
  life.around.target.restore({ web: image('c1') });
  t.is(verdictOf(await life.survey()), 'redeploy');
  t.is(life.around.target.running()['web'], image('c2'));
  t.is(verdictOf(await life.survey()), 'current');
});

test('What is gone from its target is deployed again', async t => {
  const life = await startOn(['c1']);
  life.around.target.restore({});
  await life.survey();
  t.is(life.around.target.running()['web'], image('c1'));
});

test('A dry run reports the same and touches nothing', async t => {
  const life = await startOn(['c1', 'c2']);
  life.around.target.restore({ web: image('c1') });
  const before = life.documents.snapshot();
  const dry = await life.survey({ dryRun: true });
  t.true(dry.dryRun);
  t.deepEqual(life.documents.snapshot(), before);
  t.is(life.around.target.running()['web'], image('c1'));
  t.deepEqual((await life.survey()).findings, dry.findings);
});

test('Unknown is not different: a registry or a target that does not tell changes nothing', async t => {
  const life = await startOn(['c1']);
  life.around.target.restore({ web: image('c9') });
  const { head } = life.around.registry;
  life.around.registry.head = async () => {
    throw new RegistryError('Cannot look up "shop/web": it answered 503', { temporary: true, status: 503 });
  };
  t.is(verdictOf(await life.survey()), 'unknown');
  life.around.registry.head = head;
  life.around.target.list = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  const report = await life.survey();
  t.is(verdictOf(report), 'unknown');
  t.like(report.remarks[0], { kind: 'target', about: 'place', says: 'connect ECONNREFUSED' });
  t.is(life.around.target.running()['web'], image('c9'));
});

test('A target that hangs is named, and no other waits for it', async t => {
  const more = { targets: { slow: { kind: 'docker' } }, smartRedeploy: { budget: '1s' } };
  const life = await startOn(['c1'], { more });
  const { list } = life.around.target;
  let asked = 0;
  life.around.target.list = signal => (asked++ === 0 ? list(signal) : new Promise(() => {}));
  const report = await life.survey({ dryRun: true });
  t.is(verdictOf(report), 'current');
  t.regex(report.remarks.find(({ about }) => about === 'slow')?.says ?? '', /said nothing/);
});

test('What is being updated, is held, or failed before is left', async t => {
  const life = await startOn(['c1', 'c2']);
  life.around.target.list = async () => [found('web', { digest: image('c1') as Digest, updating: true })];
  t.is(verdictOf(await life.survey()), 'updating');
  life.around.target.list = async () => [];
  life.around.target.restore({ web: image('c1') });
  const ref = refTo(services, 'place', 'web');
  const change = (more: object) =>
    life.records.transact([ref], ([web]) => ({
      result: undefined,
      writes: web === undefined ? [] : [put(services, { ...web, ...more })],
    }));
  const at = '2026-03-02T12:00:00.000Z';
  await change({ refused: { digest: image('c2'), at, reason: 'it crashes' } });
  t.like(
    (await life.survey()).findings.find(({ service }) => service === 'web'),
    {
      verdict: 'held',
      reason: 'what is published failed here: it crashes',
    },
  );
  await change({ refused: undefined, hold: { by: 'ada', why: 'a talk', since: at } });
  t.is(verdictOf(await life.survey()), 'held');
  t.is(life.around.target.running()['web'], image('c1'));
});

test('Each reference is looked up once, however many services share it', async t => {
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`web-${i}`, { target: 'place', image: 'web', tag: 'prod' }]),
  );
  const life = await startOn(['c1'], { more: { services: many } });
  const { head } = life.around.registry;
  const asked: string[] = [];
  life.around.registry.head = async reference => {
    asked.push(`${reference.repository}:${reference.tag}`);
    return head(reference);
  };
  const report = await life.survey();
  t.is(report.findings.length, 43);
  t.deepEqual(asked.toSorted(), ['shop/api:prod', 'shop/jobs:prod', 'shop/web:prod']);
  t.is(report.lookups, 3);
});

test('A registry that asks to wait is asked nothing more, and another is', async t => {
  const more = {
    images: { other: { repository: 'other.example/x' } },
    tags: { live: { images: ['other'], movedBy: 'registry' } },
    services: { x: { target: 'place', image: 'other', tag: 'live' } },
    smartRedeploy: { concurrency: 1 },
  };
  const life = await startOn(['c1'], { more });
  const { head } = life.around.registry;
  let refused = 0;
  life.around.registry.head = async reference => {
    if (reference.registry === 'other.example') return head(reference);
    refused += 1;
    throw new RegistryError('Too many requests', { temporary: true, status: 429, retryAfter: 60_000 });
  };
  const report = await life.survey();
  t.is(refused, 1);
  t.is(verdictOf(report), 'unknown');
  t.regex(report.findings.find(({ service }) => service === 'x')?.reason ?? '', /is not in its registry/);
});

test('When its time ends it stops, and the next goes on from there', async t => {
  const life = await startOn(['c1'], { more: { smartRedeploy: { budget: '10s', concurrency: 1 } } });
  const { head } = life.around.registry;
  life.around.registry.head = async reference => {
    life.around.clock.pass(11_000);
    return head(reference);
  };
  const document = () => life.get(surveys, 'smart-redeploy');
  const seen: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const report = await life.surveyWhenDue();
    seen.push(...(report?.findings ?? []).map(({ service }) => service));
    if (turn < 2) t.false(report?.complete);
    life.around.clock.pass(2_000);
  }
  t.deepEqual(seen.toSorted(), ['api', 'jobs', 'web']);
  t.like(await document(), { attempts: 0, lastError: undefined } as object);
});

test('On its schedule it runs when it is due, and not before', async t => {
  const life = await startOn(['c1']);
  t.truthy(await life.surveyWhenDue());
  t.is(await life.surveyWhenDue(), undefined);
  life.around.clock.pass(5 * 60_000);
  t.truthy(await life.surveyWhenDue());
});

test('A tag that somebody else moved is told with before and after, and read again', async t => {
  const life = await startOn(['c2']);
  life.around.registry.push(
    { registry: 'registry.example', repository: 'shop/web', tag: 'prod' },
    digestOf('a stranger'),
  );
  const report = await life.survey();
  const [remark] = report.remarks;
  t.like(remark, { kind: 'tag', about: 'registry.example/shop/web:prod' });
  t.true(remark?.says.includes(image('c2')) && remark.says.includes(digestOf('a stranger')));
  t.is(inRegistry(life), digestOf('a stranger'), 'it waits for a person');
});

test('A push that no webhook told of is taken up', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c1');
  life.around.forge.setHead('main', shaOf('c2'));
  const report = await life.survey();
  t.like(report.remarks[0], { kind: 'push', about: 'shop main' });
  t.like(await life.get(deliveries, 'smart-redeploy', `shop-main-${shaOf('c2')}`), { status: 'done' });
  t.is(life.around.target.running()['web'], life.around.registry.tags()['registry.example/shop/web:prod']);
  t.deepEqual((await life.survey()).remarks, []);
});

test('What runs at a target from an image and tag of ours is a service once labels, or the target, say so', async t => {
  const life = await startOn(['c1'], {
    more: { targets: { place: { kind: 'docker', discover: 'labelled' } } },
  });
  const enable = { 'headway.enable': 'true' };
  const other = { registry: 'registry.example', repository: 'shop/web-two', tag: 'prod' };
  life.around.target.restore({
    web: image('c1'),
    theirs: image('c9'),
    silent: image('c9'),
    off: image('c9'),
  });
  life.around.target.list = async () => [
    found('web', { digest: image('c1') as Digest }),
    found('theirs', { digest: image('c9') as Digest, labels: enable }),
    found('silent', { digest: image('c9') as Digest }),
    found('off', { digest: image('c9') as Digest, labels: { 'headway.enable': 'false' } }),
    found('another', { digest: image('c9') as Digest, labels: enable, image: other }),
  ];
  const report = await life.survey();
  t.deepEqual(report.findings.map(({ service }) => service).toSorted(), ['api', 'jobs', 'theirs', 'web']);
  t.like(life.around.target.running(), { theirs: image('c1'), silent: image('c9'), off: image('c9') });
  t.like(await life.get(services, 'place', 'theirs'), { discovered: true, phase: 'running' });
  await notify(life, 'c2');
  t.is(life.around.target.running()['theirs'], image('c2'), 'from then on it follows its tag at once');
});

test('Without discovery only what the configuration names is a service', async t => {
  const life = await startCalmLife({ configuration: shopConfiguration('none') });
  life.around.target.list = async () => [found('theirs', { labels: { 'headway.enable': 'true' } })];
  t.deepEqual((await life.survey()).findings.map(({ service }) => service).toSorted(), [
    'api',
    'jobs',
    'web',
  ]);
});

test('A branch that nobody ever told of is not deployed by looking at it', async t => {
  const life = await startCalmLife();
  life.around.forge.setHead('main', shaOf('c2'));
  t.deepEqual((await life.survey()).remarks, []);
  t.deepEqual(life.around.target.running(), {});
});
