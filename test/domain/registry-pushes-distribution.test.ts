import test from 'ava';
import { Hook } from '../../shared/domain/configuration/hooks.ts';
import { parseRegistryPushes } from '../../shared/domain/registry-pushes/parse-registry-pushes.ts';
import { webhookFixture } from '../helpers/signed-webhook.ts';

const AFTER = '8c2b7e4f6a1d3059c8b7a6e5d4f3c2b1a0918273';

test('parseRegistryPushes() reads a Docker Hub push, which has no digest', t => {
  t.deepEqual(parseRegistryPushes({ kind: 'dockerhub', body: webhookFixture('dockerhub-push') }), [
    { image: { registry: 'docker.io', repository: 'acme/shop-api', tag: 'INT' } },
  ]);
});

test('parseRegistryPushes() takes a Docker Hub push for one of the cache that its images are pulled through', t => {
  const registry = 'harbor.acme.example/hub';
  const hook = Hook.parse({ kind: 'dockerhub', secret: 'env://SECRET', registry });
  const body = webhookFixture('dockerhub-push');
  t.deepEqual(parseRegistryPushes({ kind: 'dockerhub', body, hook }), [
    { image: { registry: 'harbor.acme.example', repository: 'hub/acme/shop-api', tag: 'INT' } },
  ]);
});

test('parseRegistryPushes() reads the tags of an envelope, and neither its layers, its pulls nor its digests', t => {
  t.deepEqual(parseRegistryPushes({ kind: 'distribution', body: webhookFixture('distribution-push') }), [
    { image: { registry: 'registry.acme.example:5000', repository: 'shop/api', tag: AFTER } },
  ]);
  for (const other of ['distribution-pull', 'distribution-delete']) {
    t.deepEqual(parseRegistryPushes({ kind: 'distribution', body: webhookFixture(other) }), []);
  }
});

test('parseRegistryPushes() tells of a tag once that was pushed several times', t => {
  const { events } = JSON.parse(webhookFixture('distribution-push'));
  const body = JSON.stringify({ events: [...events, events[1], events[1]] });
  t.is(parseRegistryPushes({ kind: 'distribution', body }).length, 1);
});

const leavesOut = test.macro({
  exec(t, change: object) {
    const [, event] = JSON.parse(webhookFixture('distribution-push')).events;
    const body = JSON.stringify({ events: [{ ...event, target: { ...event.target, ...change } }] });
    t.deepEqual(parseRegistryPushes({ kind: 'distribution', body }), []);
  },
  title: (name = '') => `parseRegistryPushes() leaves out ${name}`,
});
test('a push without a tag', leavesOut, { tag: undefined });
test('a tag that is none', leavesOut, { tag: 'a b' });
test('a repository that is none', leavesOut, { repository: 'Not/One' });
test('a repository that brings a tag along', leavesOut, { repository: 'a:b' });
test('a type that is no image', leavesOut, { mediaType: 'application/vnd.oci.empty.v1+json' });
