import test from 'ava';
import { Hook } from '../../shared/domain/configuration/hooks.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { parseRegistryPushes } from '../../shared/domain/registry-pushes/parse-registry-pushes.ts';
import { webhookFixture } from '../helpers/signed-webhook.ts';

type Kind = Parameters<typeof parseRegistryPushes>[0]['kind'];
type Change = (payload: ReturnType<typeof JSON.parse>) => void;

const secret = 'env://SECRET';
const HOOKS = {
  nexus: Hook.parse({ kind: 'nexus', secret, registry: 'nexus.acme.com:8082' }),
  jfrog: Hook.parse({ kind: 'jfrog', secret }),
};

function pushesOf(kind: Kind, fixture: string, change: Change = () => {}): string[] {
  const payload = JSON.parse(webhookFixture(fixture));
  change(payload);
  const hook = kind === 'nexus' || kind === 'jfrog' ? HOOKS[kind] : undefined;
  return parseRegistryPushes({ kind, body: JSON.stringify(payload), hook }).map(
    ({ image: { registry, repository, tag }, digest = '' }) => `${registry}/${repository}:${tag}@${digest}`,
  );
}

const reads = test.macro({
  exec(t, kind: Kind, fixture: string, expected: readonly string[], change?: Change) {
    t.deepEqual(pushesOf(kind, fixture, change), expected);
  },
  title: (name = '') => `parseRegistryPushes() reads ${name}`,
});
const ignores = test.macro({
  exec(t, kind: Kind, fixture: string, change?: Change) {
    t.deepEqual(pushesOf(kind, fixture, change), []);
  },
  title: (name = '') => `parseRegistryPushes() finds nothing in ${name}`,
});

const DIGEST = 'sha256:89160c587d0c36bf54090497a465445c14980ba48efbcf3b0d03c49b76f3feb8';
test("GitHub's package with its digest, since GitHub signs", reads, 'github', 'github-package', [
  `ghcr.io/acme/www:0e2a89b@${DIGEST}`,
]);
test(
  'the same under its other name',
  reads,
  'github',
  'github-package',
  [`ghcr.io/acme/www:0e2a89b@${DIGEST}`],
  p => {
    p.registry_package = p.package;
    delete p.package;
  },
);
test(
  'an owner with capitals as images are named',
  reads,
  'github',
  'github-registry-package-untagged',
  [
    `ghcr.io/codertocat/hello-world:v1@sha256:e312a84da724b2de60d64c3241b69e6c89c3ce7ec82e55cd9793ddc1978008c1`,
  ],
  p => {
    p.registry_package.package_version.container_metadata.tag.name = 'v1';
  },
);
test("an image of GitHub's without a tag", ignores, 'github', 'github-registry-package-untagged');
test('a package that is no container', ignores, 'github', 'github-package', p => {
  delete p.package.package_version.container_metadata;
});
test('a package that was deleted', ignores, 'github', 'github-package', p => {
  p.action = 'deleted';
});

test("Harbor's push, of which the digest is read later", reads, 'harbor', 'harbor-push', [
  'hub.harbor.com/test-webhook/debian:latest@',
]);
test(
  "Harbor's push of several tags",
  reads,
  'harbor',
  'harbor-push',
  ['hub.harbor.com/test-webhook/debian:latest@', 'hub.harbor.com/test-webhook/debian:stable@'],
  p => {
    p.event_data.resources.push({
      tag: 'stable',
      resource_url: 'https://hub.harbor.com/test-webhook/debian:stable',
    });
  },
);
test("Harbor's push without a tag", ignores, 'harbor', 'harbor-untagged');
test('what Harbor pulled', ignores, 'harbor', 'harbor-push', p => {
  p.type = 'PULL_ARTIFACT';
});

test(
  "all tags of Quay's push, each once",
  reads,
  'quay',
  'quay-push',
  ['quay.io/mynamespace/repository:latest@', 'quay.io/mynamespace/repository:v2@'],
  p => {
    p.updated_tags = ['latest', 'v2', 'latest', 'no tag'];
  },
);
test("an older Quay's tags", reads, 'quay', 'quay-push', ['quay.io/mynamespace/repository:latest@'], p => {
  p.updated_tags = { latest: 'b750fe79269d2ec9a3c593ef05b4332b1d1a02a62b4accb2c21d589ff2f5f2dc' };
});
test("Quay's build", ignores, 'quay', 'quay-build');

test("Azure's push", reads, 'acr', 'acr-push', ['myregistry.azurecr.io/hello-world:v1@']);
test("Azure's deletion", ignores, 'acr', 'acr-delete');
test("Azure's chart", ignores, 'acr', 'acr-push', p => {
  p.target.mediaType = 'application/vnd.cncf.helm.config.v1+json';
});
test("Azure's ping", ignores, 'acr', 'acr-push', p => {
  p.action = 'ping';
  delete p.target;
});

test("Amazon's push", reads, 'ecr', 'ecr-push', [
  '123456789012.dkr.ecr.us-west-2.amazonaws.com/my-repository-name:latest@',
]);
test(
  "Amazon's push in China",
  reads,
  'ecr',
  'ecr-push',
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-repository-name:latest@'],
  p => {
    p.region = 'cn-north-1';
  },
);
test("Amazon's push without a tag", ignores, 'ecr', 'ecr-push', p => {
  delete p.detail['image-tag'];
});
test("Amazon's deletion", ignores, 'ecr', 'ecr-push', p => {
  p.detail['action-type'] = 'DELETE';
});
test("Amazon's scan", ignores, 'ecr', 'ecr-push', p => {
  p['detail-type'] = 'ECR Image Scan';
});

test(
  "Nexus's component, under the registry of its hook",
  reads,
  'nexus',
  'nexus-component',
  ['nexus.acme.com:8082/shop/api:v2@'],
  p => {
    Object.assign(p.component, { format: 'docker', name: 'shop/api', version: 'v2' });
  },
);
test("Nexus's component that is no image", ignores, 'nexus', 'nexus-component');

test("JFrog's push, under its own host and key", reads, 'jfrog', 'jfrog-push', [
  'acme.jfrog.io/docker-remote-cache/library/ubuntu:latest@',
]);
test("JFrog's deletion", ignores, 'jfrog', 'jfrog-push', p => {
  p.event_type = 'deleted';
});
test("JFrog's push without an envelope, which tells no host", ignores, 'jfrog', 'jfrog-push', p => {
  Object.assign(p, p.data);
  delete p.data;
  delete p.jpd_origin;
});

const refuses = test.macro({
  exec(t, kind: Kind, fixture: string, change: Change, message: RegExp) {
    const error = t.throws(() => pushesOf(kind, fixture, change), { instanceOf: PermanentError });
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `parseRegistryPushes() refuses ${name}`,
});
const without = (field: string) => (p: Record<string, unknown>) => void delete p[field];
test('a package event without an action', refuses, 'github', 'github-package', without('action'), /action: /);
test('a Harbor event without a type', refuses, 'harbor', 'harbor-push', without('type'), /type: /);
test(
  'a Quay push without its repository',
  refuses,
  'quay',
  'quay-push',
  without('docker_url'),
  /docker_url: /,
);
test('an Azure event without an action', refuses, 'acr', 'acr-push', without('action'), /action: /);
test('an Amazon event without its account', refuses, 'ecr', 'ecr-push', without('account'), /account: /);
test(
  'an Amazon event of a region that is a host',
  refuses,
  'ecr',
  'ecr-push',
  p => Object.assign(p, { region: 'us-west-2.evil.example/' }),
  /region: expected an AWS region/,
);
test('a Nexus event without an action', refuses, 'nexus', 'nexus-component', without('action'), /action: /);
test('a JFrog event without a type', refuses, 'jfrog', 'jfrog-push', without('event_type'), /event_type: /);

test('parseRegistryPushes() needs the hook of a sender that does not tell its host', t => {
  const body = webhookFixture('nexus-component');
  t.throws(() => parseRegistryPushes({ kind: 'nexus', body }), {
    message: /its hook is not in the configuration$/,
  });
  t.throws(() => parseRegistryPushes({ kind: 'nexus', body, hook: HOOKS.jfrog }), {
    message: /its hook is of kind "jfrog" now$/,
  });
});
