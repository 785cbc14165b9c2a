import test from 'ava';
import fc from 'fast-check';
import { readPushMessage } from '../../shared/runtime/push-message.ts';

const hint = { topic: 'tags', collection: 'tags', key: 'web!prod' };
const notice = {
  image_name: 'gcr.io/skia-public/web',
  tag: 'c'.repeat(40),
  repo: 'https://skia.googlesource.com/buildbot',
};
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

/** As https://cloud.google.com/pubsub/docs/push shows it. */
const envelope = (data: string | undefined) => ({
  message: {
    attributes: { collection: 'tags' },
    ...(data !== undefined && { data }),
    messageId: '2070443601311540',
    message_id: '2070443601311540',
    orderingKey: 'tags/web!prod',
    publishTime: '2021-02-26T19:13:55.749Z',
    publish_time: '2021-02-26T19:13:55.749Z',
  },
  subscription: 'projects/shop/subscriptions/headway-tags',
  deliveryAttempt: 5,
});
const event = (data: unknown) => ({
  specversion: '1.0',
  id: '2070443601311540',
  source: '//pubsub.googleapis.com/projects/shop/topics/headway-tags',
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  datacontenttype: 'application/json',
  time: '2021-02-26T19:13:55.749Z',
  data,
});
const around = {
  id: '2070443601311540',
  subscription: 'projects/shop/subscriptions/headway-tags',
  attributes: { collection: 'tags' },
};

const bodies: readonly (readonly [string, (data: string | undefined) => unknown])[] = [
  ['the envelope of a push subscription', envelope],
  ['a CloudEvent', data => event(envelope(data))],
];
for (const [title, body] of bodies) {
  test(`${title} with a hint is the hint`, t => {
    const text = JSON.stringify(hint);
    t.deepEqual(readPushMessage(body(base64(hint))), { kind: 'hint', hint, text, ...around });
  });

  test(`${title} with a task driver's notice is its payload`, t => {
    const text = JSON.stringify(notice);
    t.deepEqual(readPushMessage(body(base64(notice))), { kind: 'payload', body: text, text, ...around });
  });

  const poison: readonly (readonly [string, string | undefined, string])[] = [
    ['without data', undefined, 'its data is not JSON'],
    ['whose data is no base64', '!', 'its data is not base64 of UTF-8'],
    ['whose data is no UTF-8', Buffer.from([0xff]).toString('base64'), 'its data is not base64 of UTF-8'],
    ['whose data is no object', base64([1]), 'its data is not a JSON object'],
    ['whose data is null', base64(null), 'its data is not a JSON object'],
    [
      'with a hint to no topic of ours',
      base64({ ...hint, topic: 'nobody' }),
      'it is not a hint: topic: Invalid option: expected one of "pushes"|"builds"|"notices"|"tags"|"deploys"|"promotions"|"gates"',
    ],
  ];
  for (const [what, data, reason] of poison) {
    test(`${title} ${what} is poison, with the reason`, t => {
      t.like(readPushMessage(body(data)), { kind: 'poison', reason, ...around });
    });
  }
}

test('a body that Google did not send is poison, and is kept', t => {
  for (const body of [
    undefined,
    null,
    'text',
    [],
    {},
    { message: 'text' },
    { ...event({}), type: 'other' },
  ]) {
    const reason = 'its body is neither a push envelope nor a CloudEvent of Pub/Sub';
    t.deepEqual(readPushMessage(body), {
      kind: 'poison',
      reason,
      attributes: {},
      text: JSON.stringify(body) ?? '',
    });
  }
});

test('whatever comes is read without an error', t => {
  fc.assert(fc.property(fc.anything(), data => typeof readPushMessage(data).kind === 'string'));
  const odd = fc.oneof(fc.string(), fc.base64String(), fc.jsonValue().map(base64));
  fc.assert(fc.property(odd, data => typeof readPushMessage(envelope(data)).kind === 'string'));
  t.pass();
});
