import test from 'ava';
import { type Ruling, releaseService, rollBackService } from '../../shared/domain/deploys/judge-words.ts';
import { aService, aTag, at, digest, NOW, standingOn } from '../helpers/a-document.ts';

const said = { by: 'ada', why: 'a talk', now: NOW };
const onC2 = aTag({ observed: standingOn('c2') });
const c1 = { digest: digest('c1'), at: at(-60) };

const refuses = test.macro({
  exec(t, ruling: Ruling, reason: RegExp) {
    t.is(ruling.kind, 'refused');
    t.regex(ruling.kind === 'refused' ? ruling.reason : '', reason);
  },
  title: name => `refused: ${name}`,
});
test(
  'a release of what nothing holds',
  refuses,
  releaseService(aService(), { now: NOW, held: false }),
  /nothing holds it/,
);
test(
  'a rollback of what never ran before',
  refuses,
  rollBackService(aService(), { ...said, tag: onC2 }),
  /name the commit/,
);
test(
  'a rollback from a tag that was never seen',
  refuses,
  rollBackService(aService(), { ...said, tag: aTag() }),
  /never seen/,
);
test(
  'a rollback to what its tag points to',
  refuses,
  rollBackService(aService(), { ...said, tag: onC2, to: { digest: digest('c2'), at: at() } }),
  /that very digest/,
);

test('releaseService(): forgets the hold and what failed, and looks at once', t => {
  const refused = { digest: digest('c2'), at: at(-1), reason: 'it crashes' };
  const held = aService({ phase: 'held', refused, hold: { by: 'ada', why: 'a talk', since: at(-1) } });
  t.like(releaseService(held, { now: NOW, held: false }), {
    kind: 'done',
    service: { hold: undefined, refused: undefined, phase: 'unknown', due: at() },
  } as object);
});

test('rollBackService(): goes back to what ran before, and not to what its tag points to again', t => {
  t.like(rollBackService(aService({ previous: c1 }), { ...said, tag: onC2 }), {
    kind: 'done',
    service: { refused: { digest: digest('c2'), back: c1, reason: 'ada: a talk' }, due: at() },
  });
});
