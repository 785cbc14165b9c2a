import test from 'ava';
import { deployMessage } from '../../shared/domain/manifests/deploy-message.ts';
import { judgeReference, type ReferenceVerdict } from '../../shared/domain/manifests/judge-reference.ts';
import { findReferences, type Reference } from '../../shared/domain/manifests/references.ts';
import { summariseReferences } from '../../shared/domain/manifests/summary.ts';
import { digest } from '../helpers/git-repository-orders.ts';

const [ours, foreign, wanted] = [digest(1), digest(2), digest(3)];
const judging = { digest: wanted, written: (_: string, each: string) => each === ours };

/** The references of a text that consists of nothing else, one a line. */
function referencesOf(...lines: readonly string[]): Reference[] {
  const text = lines.join('\n');
  let start = 0;
  const fields = lines.map(line => {
    const field = { start, end: start + line.length };
    start = field.end + 1;
    return field;
  });
  return findReferences(text, fields);
}

const judges = test.macro({
  exec(t, reference: string, kind: ReferenceVerdict['kind'], reason?: RegExp) {
    const [found] = referencesOf(reference);
    if (found === undefined) return t.fail('expected an image reference');
    const verdict = judgeReference(found, judging);
    t.is(verdict.kind, kind);
    if (reason !== undefined) t.regex(verdict.kind === 'held' ? verdict.reason : '', reason);
  },
  title: (_, reference) => `judgeReference() ${reference}`,
});

test(judges, 'acme/web', 'rewrite');
test(judges, 'acme/web:v1', 'rewrite');
test(judges, 'acme/web:dirty', 'rewrite');
test(judges, 'acme/web:v1-dirty-2', 'rewrite');
test(judges, 'acme/web:v1-DIRTY', 'rewrite');
test(judges, 'acme/web-dirty:v1', 'rewrite');
test(judges, `acme/web@${ours}`, 'rewrite');
test(judges, `acme/web:v1@${ours}`, 'rewrite');
test(judges, `acme/web@${wanted}`, 'current');
test(judges, `acme/web:v1-dirty@${wanted}`, 'current');
test(judges, 'acme/web:2018-04-20T21_21_48Z-ada-1a2b3c4-dirty', 'held', /-dirty/);
test(judges, `acme/web:v1-dirty@${ours}`, 'held', /-dirty/);
test(judges, `acme/web@${foreign}`, 'held', /did not write/);
test(judges, `acme/web:v1@${foreign}`, 'held', /did not write/);
test(judges, 'acme/web:$' + '{TAG}', 'held', /fills in/);

const finds = test.macro({
  exec(t, written: string, repository: string | undefined) {
    t.is(referencesOf(written)[0]?.repository, repository);
  },
  title: (_, written) => `findReferences() ${written === '' ? 'nothing' : written}`,
});

test(finds, 'nginx:1', 'docker.io/library/nginx');
test(finds, 'index.docker.io/acme/web:1', 'docker.io/acme/web');
test(finds, '127.0.0.1:5000/web', '127.0.0.1:5000/web');
test(finds, '127.0.0.1:5000/web:$(TAG)', '127.0.0.1:5000/web');
test(finds, 'ghcr.io/acme/web:v1-{{ .Values.build }}', 'ghcr.io/acme/web');
test(finds, 'ghcr.io/acme/web@{{ .Values.digest }}', 'ghcr.io/acme/web');
test(finds, '{{ .Values.image }}:v1', undefined);
test(finds, 'ghcr.io/acme/web:', undefined);
test(finds, 'ghcr.io/acme/web@sha256:123', undefined);
test(finds, 'Not An Image', undefined);
test(finds, '', undefined);

const summarises = test.macro({
  exec(t, lines: readonly string[], expected: object) {
    const references = referencesOf(...lines).map(reference => ({ ...reference, path: 'web.yaml' }));
    t.deepEqual(summariseReferences(references, { written: judging.written }), expected as never);
  },
  title: name => `summariseReferences() says ${name}`,
});

const different = 'its references carry different digests: 000000000000, 000000000000';
test('absent when there are none', summarises, [], { state: 'absent' });
test('running when all carry one digest', summarises, [`a/b@${ours}`, `a/b@${ours}`], {
  state: 'running',
  digest: ours,
});
test('updating when some name a tag', summarises, [`a/b@${ours}`, 'a/b:v1'], {
  state: 'updating',
  reason: 'web.yaml:2 names "a/b:v1", which is no digest',
});
test('held where a person pinned something', summarises, [`a/b@${ours}`, `a/b@${foreign}`], {
  state: 'held',
  reason: `web.yaml:2 names "a/b@${foreign}": headway did not write this digest`,
});

test('summariseReferences() says updating when digests differ', t => {
  const references = referencesOf(`a/b@${ours}`, `a/b@${wanted}`).map(each => ({ ...each, path: 'x' }));
  t.deepEqual(summariseReferences(references, { written: () => true }), {
    state: 'updating',
    reason: different,
  });
});

test('summariseReferences() does not hold what is wanted, whoever wrote it', t => {
  const references = referencesOf(`a/b@${foreign}`).map(each => ({ ...each, path: 'x' }));
  t.deepEqual(summariseReferences(references, { ...judging, digest: foreign }), {
    state: 'running',
    digest: foreign,
  });
});

test('deployMessage() has a subject, and a line and a trailer for each image', t => {
  const web = {
    service: 'web',
    repository: 'ghcr.io/acme/web',
    digest: ours,
    commit: '1a2b3c4'.padEnd(40, '0'),
  };
  const api = { service: 'api', repository: 'ghcr.io/acme/api', digest: wanted };
  t.is(
    deployMessage([web, api]),
    [
      'Deploy web 1a2b3c4 (000000000000) and 1 more',
      '',
      '- web 1a2b3c4 (000000000000), ghcr.io/acme/web',
      '- api (000000000000), ghcr.io/acme/api',
      '',
      `Headway-Image: ghcr.io/acme/web@${ours}`,
      `Headway-Image: ghcr.io/acme/api@${wanted}`,
      '',
    ].join('\n'),
  );
});
