import test from 'ava';
import { findImageFields } from '../../shared/adapters/targets/git/image-fields.ts';
import { findReferences } from '../../shared/domain/manifests/references.ts';
import { rewriteReferences } from '../../shared/domain/manifests/rewrite.ts';
import { digest } from '../helpers/git-repository-orders.ts';

const WEB = 'ghcr.io/acme/web';
const [OLD, NEW] = [digest(1), digest(2)];

/** Brings ghcr.io/acme/web to the new digest twice: the second time there is nothing left to do. */
const rewrites = test.macro({
  exec(t, before: string, after: string) {
    const wanted = new Map([[WEB, NEW]]);
    const written = (_: string, digest: string) => digest === OLD;
    const rewrite = (text: string) =>
      rewriteReferences(text, { references: findReferences(text, findImageFields(text)), wanted, written });
    const { text, judged } = rewrite(before);
    t.is(text, after);
    if (before !== after)
      t.deepEqual(new Set(rewrite(after).judged.map(({ verdict }) => verdict.kind)), new Set(['current']));
    else t.true(judged.every(({ verdict }) => verdict.kind !== 'rewrite'));
  },
  title: (name = '') => `a manifest: ${name}`,
});

test(
  'kustomize, a tag',
  rewrites,
  `images:\n- name: web # ours\n  newName: ${WEB}\n  newTag: "v1" # moved\n- name: nginx\n  newTag: "1"\n`,
  `images:\n- name: web # ours\n  newName: ${WEB}\n  digest: "${NEW}" # moved\n- name: nginx\n  newTag: "1"\n`,
);
test(
  'kustomize, a tag that looks like a number',
  rewrites,
  `images:\n  - newTag: 1.10\n    name: ${WEB}\n`,
  `images:\n  - digest: ${NEW}\n    name: ${WEB}\n`,
);
test(
  'kustomize, a digest',
  rewrites,
  `images:\n- name: ${WEB}\n  digest: ${OLD}\n`,
  `images:\n- name: ${WEB}\n  digest: ${NEW}\n`,
);
test(
  'kustomize, neither',
  rewrites,
  `images:\n  - name: web\n    newName: '${WEB}'\n`,
  `images:\n  - name: web\n    newName: '${WEB}'\n    digest: ${NEW}\n`,
);
test(
  'kustomize, on one line',
  rewrites,
  `images: [{name: web, newName: ${WEB}}, {name: ${WEB}, newTag: v1}]\n`,
  `images: [{name: web, newName: ${WEB}, digest: ${NEW}}, {name: ${WEB}, digest: ${NEW}}]\n`,
);
test(
  'kustomize, as JSON',
  rewrites,
  `{"images": [{"name": "${WEB}", "newTag": "v1"}]}`,
  `{"images": [{"name": "${WEB}", "digest": "${NEW}"}]}`,
);
test(
  'kustomize, within Flux',
  rewrites,
  `kind: Kustomization\nspec:\n  images:\n    - name: ${WEB}\n      newTag: v1\n`,
  `kind: Kustomization\nspec:\n  images:\n    - name: ${WEB}\n      digest: ${NEW}\n`,
);
test(
  'kustomize, replaced by another image',
  rewrites,
  `images:\n- name: ${WEB}\n  newName: ghcr.io/acme/other\n  newTag: v1\n`,
  `images:\n- name: ${WEB}\n  newName: ghcr.io/acme/other\n  newTag: v1\n`,
);
test(
  "kustomize, a person's digest",
  rewrites,
  `images:\n- name: ${WEB}\n  digest: ${digest(9)}\n`,
  `images:\n- name: ${WEB}\n  digest: ${digest(9)}\n`,
);
test(
  "kustomize, a person's build",
  rewrites,
  `images:\n- name: ${WEB}\n  newTag: v1-dirty\n`,
  `images:\n- name: ${WEB}\n  newTag: v1-dirty\n`,
);
test(
  'a list of images that is not kustomize',
  rewrites,
  `images:\n- name: ${WEB}\n- ${WEB}:v1\n`,
  `images:\n- name: ${WEB}\n- ${WEB}:v1\n`,
);
test(
  'Helm, a tag',
  rewrites,
  `web:\n  image:\n    repository: ${WEB}\n    pullPolicy: Always\n    tag: "v1" # moved\n`,
  `web:\n  image:\n    repository: ${WEB}\n    pullPolicy: Always\n    tag: "v1@${NEW}" # moved\n`,
);
test(
  'Helm, a tag with a digest',
  rewrites,
  `image: {repository: ${WEB}, tag: v1@${OLD}}\n`,
  `image: {repository: ${WEB}, tag: v1@${NEW}}\n`,
);
test(
  'Helm, a registry of its own and an empty digest',
  rewrites,
  `image:\n  registry: ghcr.io\n  repository: acme/web\n  tag: v1\n  digest: ""\n`,
  `image:\n  registry: ghcr.io\n  repository: acme/web\n  tag: v1\n  digest: "${NEW}"\n`,
);
test(
  'Helm, a template that fills in the tag',
  rewrites,
  `image:\n  repository: ${WEB}\n  tag: "$(TAG)"\n`,
  `image:\n  repository: ${WEB}\n  tag: "$(TAG)"\n`,
);
test(
  'Helm, another image',
  rewrites,
  `image:\n  repository: acme/web\n  tag: v1\n`,
  `image:\n  repository: acme/web\n  tag: v1\n`,
);
