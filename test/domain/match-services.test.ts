import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { judgeFound } from '../../shared/domain/drift/judge-found.ts';
import { type Listed, matchServices } from '../../shared/domain/drift/match-services.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';

const configuration = (discover: 'off' | 'labelled' | 'all' = 'all') =>
  ConfigurationShape.parse({
    images: { web: { repository: 'nginx' }, api: { repository: 'ghcr.io/acme/api' } },
    tags: {
      live: { images: ['web', 'api'], movedBy: 'registry' },
      latest: { images: ['web'], movedBy: 'registry' },
    },
    targets: { cluster: { kind: 'kubernetes', namespace: 'shop', discover }, other: { kind: 'docker' } },
    services: {
      front: { target: 'cluster', image: 'web', tag: 'live', workload: 'shop/deployment/web' },
      elsewhere: { target: 'other', image: 'web', tag: 'live' },
    },
  });
const listed = (workload: string, image: string, labels: Record<string, string> = {}): Listed => ({
  workload,
  image: parseImageReference(image) ?? { registry: 'x', repository: 'x' },
  labels,
  updating: false,
});

const judges = test.macro({
  exec(
    t,
    image: string,
    labels: Record<string, string>,
    expected: string,
    discover: 'labelled' | 'all' = 'all',
  ) {
    const judged = judgeFound(configuration(), listed('any', image, labels), discover);
    t.is(judged.kind === 'follows' ? `${judged.image}:${judged.tag}` : judged.kind, expected);
  },
  title: name => `judgeFound(): ${name}`,
});
test(
  'CD: the short name of Docker Hub is its long one',
  judges,
  'docker.io/library/nginx:live',
  {},
  'web:live',
);
test('no tag is latest', judges, 'nginx', {}, 'web:latest');
test('a longer name that contains ours is another', judges, 'nginx-extra:live', {}, 'ignored');
test('a longer path that ends like ours is another', judges, 'ghcr.io/acme/api/api:live', {}, 'ignored');
test('the same name in another registry is another', judges, 'quay.io/library/nginx:live', {}, 'ignored');
test('a tag that we do not know is left alone', judges, 'nginx:1.27', {}, 'ignored');
test('a label names the tag to follow', judges, 'nginx:1.27', { 'headway.follow': 'live' }, 'web:live');
test('an annotation says the same', judges, 'nginx:1.27', { 'headway.dev/follow': 'live' }, 'web:live');
test('a label opts out', judges, 'nginx:live', { 'headway.enable': 'false' }, 'ignored');
test('where labels are asked for, none is not in', judges, 'nginx:live', {}, 'ignored', 'labelled');
test(
  'where labels are asked for, one opts in',
  judges,
  'nginx:live',
  { 'headway.enable': 'true' },
  'web:live',
  'labelled',
);
test('a digest alone names no tag', judges, `nginx@sha256:${'a'.repeat(64)}`, {}, 'ignored');

test('matchServices(): a service that is named is found however its workload is spelled, and is not found twice', t => {
  const found = [listed('web', 'nginx:live'), listed('worker', 'ghcr.io/acme/api:live')];
  const matched = matchServices(configuration(), 'cluster', found);
  t.deepEqual(
    matched.map(({ service, listed: seen, discovered }) => [service, seen?.workload, discovered]),
    [
      ['front', 'web', false],
      ['worker', 'worker', true],
    ],
  );
});

test('matchServices(): without discovery only named services count, and what runs another image is not shown as theirs', t => {
  const matched = matchServices(configuration('off'), 'cluster', [listed('web', 'ghcr.io/acme/api:live')]);
  t.deepEqual(
    matched.map(({ service, listed: seen }) => [service, seen]),
    [['front', undefined]],
  );
});
