import test from 'ava';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { findObstacles } from '../../shared/domain/journeys/obstacles.ts';
import type { ServiceFacts } from '../../shared/domain/journeys/service-facts.ts';

const at = '2030-01-01T00:00:00.000Z';
const [old, head] = ['a'.repeat(40), 'b'.repeat(40)];
const version = { digest: `sha256:${'1'.repeat(64)}`, commit: old, at };
const next = { digest: `sha256:${'2'.repeat(64)}`, commit: head, at };
const service: Service = {
  ...{ target: 'local', service: 'web', image: 'web', tag: 'prod', phase: 'running' },
  ...{ wanted: version, observed: version, sequence: 1, attempts: 0 },
};
const tag: Tag = {
  ...{ image: 'web', tag: 'prod', follows: { repo: 'shop', branch: 'main' }, candidates: [], attempted: [] },
  ...{ wanted: version, observed: version, sequence: 1, attempts: 0 },
};
const build: Build = {
  ...{ image: 'web', commit: head, repo: 'shop', status: 'failed', parent: 'base', steps: [], attempts: 0 },
  lastError: 'npm test failed',
};
const facts: ServiceFacts = { service, tag, moves: [], head: { sha: old } };

const finds = test.macro({
  exec(t, its: Partial<ServiceFacts>, expected: readonly (readonly [kind: string, text: RegExp])[]) {
    const found = findObstacles({ ...facts, ...its });
    t.deepEqual(
      found.map(({ kind }) => kind),
      expected.map(([kind]) => kind),
    );
    for (const [i, [, text]] of expected.entries()) t.regex(found[i]?.text ?? '', text);
  },
  title: (name = '') => `findObstacles() ${name}`,
});
const failed = { ...service, phase: 'failed', wanted: next, message: 'port 80 is taken' } as const;
const unknown = { ...service, phase: 'unknown', message: 'the engine is down' } as const;
const waits = {
  ...tag,
  candidates: [{ commit: head, digest: next.digest, waits: 'the order is not known' }],
};
const refusal = {
  image: 'web',
  tag: 'prod',
  sequence: 2,
  at,
  verdict: 'refused',
  reason: 'not on main',
} as const;

test('finds none where the newest commit runs', finds, {}, []);
test('names a failed deploy', finds, { service: failed }, [
  ['failure', /deploy of web failed: port 80 is taken/],
]);
test('takes what was not learned for unknown, never for different', finds, { service: unknown }, [
  ['unknown', /could not be learned: the engine is down/],
]);
test(
  'names a tag that has not moved yet',
  finds,
  { tag: { ...tag, wanted: next, lastError: 'the registry refused' } },
  [['waiting', /web:prod is to move to 222222222222: the registry refused/]],
);
test('names an image that waits for its order', finds, { tag: waits }, [
  ['waiting', /the order is not known/],
]);
test(
  'names the refusal of the newest commit',
  finds,
  {
    head: { sha: head, build: { ...build, status: 'succeeded' } },
    moves: [{ ...refusal, to: { commit: head } }],
  },
  [['refusal', /to bbbbbbb was refused: not on main/]],
);
test('leaves out refusals of what is older', finds, { moves: [{ ...refusal, to: { commit: head } }] }, []);
test('names a failed build of the newest commit', finds, { head: { sha: head, build } }, [
  ['failure', /web at the newest commit bbbbbbb failed to build: npm test failed/],
]);
test(
  'names a parent that failed',
  finds,
  {
    head: { sha: head, build: { ...build, status: 'waiting' }, parentBuild: { ...build, image: 'base' } },
  },
  [['failure', /its parent base failed/]],
);
test('says when the newest commit has no build on record', finds, { head: { sha: head } }, [
  ['waiting', /No build of web/],
]);
