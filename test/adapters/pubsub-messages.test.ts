import test from 'ava';
import { adviceFor, hintMessage } from '../../shared/adapters/hints/pubsub/publish.ts';
import { readMessage } from '../../shared/domain/messages/read-message.ts';
import { hint } from '../contracts/hints.ts';

const rpc = (code: number, details: string) =>
  Object.assign(new Error(`${code}: ${details}`), { code, details });
const what = 'topic "headway-tags"';

test('the message of a hint is read as that hint, and says in its attributes which document it is about', t => {
  const { data, attributes } = hintMessage(hint('web!prod'));
  t.deepEqual(readMessage(data), { kind: 'hint', hint: hint('web!prod') });
  t.deepEqual(attributes, { collection: 'tags', key: 'web!prod' });
});

test('hints of one document have one ordering key, others another, and none is longer than Pub/Sub allows', t => {
  const keyOf = (key: string) => hintMessage(hint(key)).orderingKey;
  t.is(keyOf('a'), keyOf('a'));
  t.not(keyOf('a'), keyOf('b'));
  t.not(keyOf('a'), hintMessage({ ...hint('a'), collection: 'services' }).orderingKey);
  t.is(keyOf('k'.repeat(1_500))?.length, 1_024);
});

const rows: readonly (readonly [title: string, error: Error, advice: string | undefined])[] = [
  [
    'a topic that is not there',
    rpc(5, 'Resource not found (resource=headway-tags).'),
    'there is no topic "headway-tags" in this project, apply the Terraform configuration or check HEADWAY_PREFIX',
  ],
  [
    'a missing permission',
    rpc(7, 'User not authorized to perform this action.'),
    "this account may not use Pub/Sub in the project, check the project's name or grant the account roles/pubsub.publisher",
  ],
  [
    'an API that is switched off',
    rpc(7, 'Cloud Pub/Sub API has not been used in project 1234 before or it is disabled.'),
    'Pub/Sub is switched off in the project, enable pubsub.googleapis.com',
  ],
  ['an outage', rpc(14, 'The service is currently unavailable.'), undefined],
];
for (const [title, error, advice] of rows) {
  test(`${title} ${advice === undefined ? 'needs no advice' : 'is told with its remedy'}`, t => {
    t.is(adviceFor(error, { what, role: 'roles/pubsub.publisher' }), advice);
  });
}
