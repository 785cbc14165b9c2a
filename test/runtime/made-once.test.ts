import test from 'ava';
import { madeOnce } from '../../shared/wiring/made-once.ts';

test('what is made is the same for all who name it, also while it is being made', async t => {
  const made: string[] = [];
  const find = madeOnce(async name => {
    made.push(name);
    return { name };
  });
  const [one, same, other] = await Promise.all([find('a'), find('a'), find('b')]);
  t.is(one, same);
  t.is(await find('a'), one);
  t.not(other, one);
  t.deepEqual(made, ['a', 'b']);
});

test('what could not be made, or was not there, is made anew when it is needed again', async t => {
  const answers = [Promise.reject(new Error('refused')), undefined, 'there', 'never'];
  const find = madeOnce(async () => answers.shift());
  await t.throwsAsync(find('a'), { message: 'refused' });
  t.is(await find('a'), undefined);
  t.is(await find('a'), 'there');
  t.is(await find('a'), 'there');
});
