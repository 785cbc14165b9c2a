import test from 'ava';
import { builds } from '../../shared/records/collections.ts';
import { signedWebhook, type WebhookKind, webhookFixture } from '../helpers/signed-webhook.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';
import { SECRET } from '../helpers/world/world.ts';

const TAGS = ['v1', 'v1.2', 'v1.2.3', 'stable', 'latest'];
const PLACE = { registry: 'registry.example', repository: 'shop/mail' };
const IMAGE = `${PLACE.registry}/${PLACE.repository}`;
const secret = 'env://SECRET';
const followed = { images: ['mail'], movedBy: 'registry' };
const service = (tag: string) => ({ target: 'place', image: 'mail', tag });

/** Two services follow one of the five tags, one follows another, and one follows a tag that is not pushed. */
const configuration = shopConfiguration('none', {
  more: {
    images: { mail: { repository: IMAGE } },
    tags: { ...Object.fromEntries(TAGS.map(tag => [tag, followed])), edge: followed },
    services: {
      first: service('stable'),
      second: service('stable'),
      third: service('v1.2.3'),
      other: service('edge'),
    },
    hooks: {
      harbor: { kind: 'harbor', secret },
      quay: { kind: 'quay', secret },
      acr: { kind: 'acr', secret },
      nexus: { kind: 'nexus', secret, registry: PLACE.registry },
      jfrog: { kind: 'jfrog', secret, registry: `${PLACE.registry}/shop` },
      distribution: { kind: 'distribution', secret },
      generic: {
        kind: 'generic',
        secret,
        signature: { header: 'X-Acme-Signature', prefix: 'v1=', algorithm: 'sha512' },
        repository: '/image/name',
        tag: '/image/tags',
      },
    },
  },
});

/** The payloads with which a sender tells that the image was pushed under the tags. */
type Tells = (payload: ReturnType<typeof JSON.parse>, tags: readonly string[]) => void;
const once = test.macro({
  async exec(t, kind: WebhookKind, fixture: string, tell: Tells, each: 'in one' | 'one by one') {
    const life = await startCalmLife({ configuration });
    const { target, registry } = life.around;
    const deployed: string[] = [];
    const deploy = target.deploy.bind(target);
    target.deploy = async (wish, ...rest) => {
      deployed.push(`${wish.name} ${wish.image.digest}`);
      return deploy(wish, ...rest);
    };
    const digest = digestOf('mail', kind);
    for (const tag of TAGS) registry.push({ ...PLACE, tag }, digest);
    const send = async () => {
      const groups = each === 'in one' ? [TAGS] : TAGS.map(tag => [tag]);
      for (const [i, tags] of groups.entries()) {
        const payload = JSON.parse(webhookFixture(fixture));
        tell(payload, tags);
        const event = kind === 'github' ? 'package' : 'push';
        const body = JSON.stringify(payload);
        const webhook = signedWebhook({ kind, secret: SECRET, body, event, delivery: `d${i}` });
        const { status } = await life.hooks()({
          ...webhook,
          query: new URLSearchParams(),
          body: Buffer.from(body),
          signal: new AbortController().signal,
        });
        t.true(status < 300, `${status}`);
      }
      await life.settle();
    };
    await send();
    const expected = ['first', 'second', 'third'].map(name => `${name} ${digest}`);
    t.deepEqual(deployed.toSorted(), expected);
    await send();
    t.deepEqual(deployed.toSorted(), expected, 'sent again, it changes nothing');
  },
  title: (name = '') => `One push under five tags redeploys each affected service once: ${name}`,
});

test(
  'Quay tells all tags in one',
  once,
  'quay',
  'quay-push',
  (p, tags) => {
    Object.assign(p, { docker_url: IMAGE, updated_tags: tags });
  },
  'in one',
);
test(
  'Harbor tells all tags in one',
  once,
  'harbor',
  'harbor-push',
  (p, tags) => {
    p.event_data.resources = tags.map(tag => ({ tag, resource_url: `${IMAGE}:${tag}` }));
  },
  'in one',
);
test(
  'Distribution tells all tags in one',
  once,
  'distribution',
  'distribution-push',
  (p, tags) => {
    const [, { target, ...event }] = p.events;
    const url = `https://${PLACE.registry}/v2/`;
    p.events = tags.map(tag => ({ ...event, target: { ...target, repository: PLACE.repository, tag, url } }));
  },
  'in one',
);
test(
  'a template finds all tags in one',
  once,
  'generic',
  'generic-push',
  (p, tags) => {
    p.image = { name: IMAGE, tags };
  },
  'in one',
);
test(
  'GitHub tells each tag',
  once,
  'github',
  'github-package',
  (p, [tag]) => {
    p.package.package_version.package_url = `${IMAGE}:${tag}`;
    p.package.package_version.container_metadata.tag.name = tag;
  },
  'one by one',
);
test(
  'Azure tells each tag',
  once,
  'acr',
  'acr-push',
  (p, [tag]) => {
    Object.assign(p.target, { repository: PLACE.repository, tag });
    p.request.host = PLACE.registry;
  },
  'one by one',
);
test(
  'Nexus tells each tag',
  once,
  'nexus',
  'nexus-component',
  (p, [tag]) => {
    p.component = { format: 'docker', name: PLACE.repository, version: tag };
  },
  'one by one',
);
test(
  'JFrog tells each tag',
  once,
  'jfrog',
  'jfrog-push',
  (p, [tag]) => {
    Object.assign(p.data, { image_name: 'mail', tag });
  },
  'one by one',
);

test("The digest in a body that is not signed is nobody's word: the registry is asked", async t => {
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c1');
  const digest = await life.built('jobs', 'c1');
  const lie = digestOf('a lie');
  life.around.registry.push({ registry: 'registry.example', repository: 'shop/jobs', tag: 'other' }, lie);
  const tag = shaOf('c1');
  const resources = [{ tag, digest: lie, resource_url: `registry.example/shop/jobs:${tag}` }];
  const body = JSON.stringify({ type: 'PUSH_ARTIFACT', event_data: { resources } });
  await life.hooks()({
    ...signedWebhook({ kind: 'harbor', secret: SECRET, body }),
    query: new URLSearchParams(),
    body: Buffer.from(body),
    signal: new AbortController().signal,
  });
  await life.settle();
  t.like(await life.get(builds, 'jobs', tag), { status: 'succeeded', digest });
  t.is(life.around.target.running()['jobs'], digest);
});
