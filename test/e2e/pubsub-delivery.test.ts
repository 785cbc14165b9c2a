import test from 'ava';
import type { Log } from '../../shared/ports/log.ts';
import { readPushMessage } from '../../shared/runtime/push-message.ts';
import { hint, openable } from '../contracts/hints.ts';
import { need } from '../helpers/need.ts';
import { pubSubPlace } from '../helpers/pubsub-place.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { silentLog } from '../helpers/silent-log.ts';

if (need('PUBSUB_EMULATOR_HOST') === undefined) {
  test('delivery through Pub/Sub', t => {
    t.log('skipped: PUBSUB_EMULATOR_HOST is not set');
    t.pass();
  });
} else {
  test('a hint whose listener fails every time ends in the dead letters, and holds up no other', async t => {
    const place = await pubSubPlace(t, { topics: ['tags'], ordered: false });
    const hints = place.open();
    const good = openable();
    let tries = 0;
    hints.listen(
      'tags',
      async ({ key }) => {
        if (key === 'good') return good.open();
        tries += 1;
        throw new Error('no');
      },
      { concurrency: 1 },
    );
    await hints.publish([hint('bad'), hint('good')]);
    await good.passed;
    const [letter] = await place.deadLetters(1);
    t.deepEqual(JSON.parse(letter?.data ?? ''), hint('bad'));
    t.is(letter?.attributes['CloudPubSubDeadLetterSourceSubscription'], 'headway-tags');
    t.true(tries >= 5);
  });

  test('a message that is no hint ends in the dead letters with its reason, and holds up no other', async t => {
    const place = await pubSubPlace(t, { topics: ['tags'] });
    const hints = place.open();
    const topic = place.raw.topic('headway-tags');
    const others = ['{', '{"collection":"tags","key":""}', '{"image_name":"web"}'];
    for (const data of others)
      await topic.publishMessage({ data: Buffer.from(data), attributes: { from: 'me' } });
    await hints.publish([hint('good')]);
    const good = openable();
    hints.listen('tags', async () => good.open(), { concurrency: 1 });
    await good.passed;
    const letters = await place.deadLetters(others.length);
    t.deepEqual(letters.map(({ data }) => data).sort(), others.toSorted());
    const reasons = letters.map(
      ({ attributes }) => `${attributes['from']} ${attributes['topic']}: ${attributes['reason']}`,
    );
    t.true(reasons.includes('me tags: its data is not JSON'));
    t.true(reasons.includes('me tags: it is not a hint'));
  });

  test('250 hints that are published at once are all handled', async t => {
    const place = await pubSubPlace(t, { topics: ['tags', 'deploys'] });
    const hints = place.open();
    const all = Array.from({ length: 250 }, (_, i) => hint(`k${i}`, i % 5 === 0 ? 'deploys' : 'tags'));
    await hints.publish(all);
    const left = new Set(all.map(({ key }) => key));
    const done = openable();
    const listener = async ({ key }: { readonly key: string }) => {
      left.delete(key);
      if (left.size === 0) done.open();
    };
    hints.listen('tags', listener, { concurrency: 50 });
    hints.listen('deploys', listener, { concurrency: 50 });
    await done.passed;
    t.pass();
  });

  test('two hints of one document are pushed one after another, in an envelope that is understood', async t => {
    const place = await pubSubPlace(t, { topics: [] });
    const hints = place.open();
    const received: unknown[] = [];
    const two = openable();
    let [active, most] = [0, 0];
    const host = await serveHttp(t, async (request, response) => {
      active += 1;
      most = Math.max(most, active);
      const message = readPushMessage(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      received.push(message.kind === 'hint' ? { hint: message.hint, ...message.attributes } : message);
      active -= 1;
      response.writeHead(204).end();
      if (received.length === 2) two.open();
    });
    const [topic] = await place.raw.createTopic('headway-tags');
    await topic.createSubscription('headway-tags', {
      enableMessageOrdering: true,
      pushEndpoint: `http://${host}/`,
    });
    await hints.publish([hint('web!prod'), hint('web!prod')]);
    await two.passed;
    const expected = { hint: hint('web!prod'), collection: 'tags', key: 'web!prod' };
    t.deepEqual(received, [expected, expected]);
    t.is(most, 1);
  });

  test('publishing to a topic that is not there fails with the remedy', async t => {
    const place = await pubSubPlace(t, { topics: [] });
    await t.throwsAsync(place.open().publish([hint('a')]), {
      message:
        'Cannot publish to topic "headway-tags": there is no topic "headway-tags" in this project, apply the Terraform configuration or check HEADWAY_PREFIX',
    });
  });

  test('listening to a subscription that is not there tells the remedy, and begins when it is', async t => {
    const place = await pubSubPlace(t, { topics: [] });
    const [topic] = await place.raw.createTopic('headway-tags');
    const told = openable();
    const advice: unknown[] = [];
    const log: Log = {
      ...silentLog,
      error: (_, fields) => {
        advice.push(fields?.['advice']);
        told.open();
      },
    };
    const hints = place.open(log);
    const handled = openable();
    hints.listen('tags', async () => handled.open(), { concurrency: 1 });
    await told.passed;
    t.regex(
      String(advice[0]),
      /^there is no subscription "headway-tags" in this project, apply the Terraform/,
    );
    await topic.createSubscription('headway-tags');
    await hints.publish([hint('a')]);
    await handled.passed;
  });

  test('a second listener of a topic is refused until the first has stopped', async t => {
    const hints = (await pubSubPlace(t, { topics: ['tags'] })).open();
    const stop = hints.listen('tags', async () => {}, { concurrency: 1 });
    t.throws(() => hints.listen('tags', async () => {}, { concurrency: 1 }), {
      message: 'Cannot listen to topic "tags": it has a listener',
    });
    await stop();
    t.notThrows(() => hints.listen('tags', async () => {}, { concurrency: 1 }));
  });
}
