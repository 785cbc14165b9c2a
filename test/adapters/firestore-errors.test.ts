import test from 'ava';
import { explained, isConflict } from '../../shared/adapters/documents/firestore/errors.ts';

const rpc = (code: number, details: string) =>
  Object.assign(new Error(`${code}: ${details}`), { code, details });
const place = { projectId: 'shop' };

/** The texts are Google's own. */
const rows: readonly (readonly [string, unknown, string])[] = [
  [
    'a missing permission',
    rpc(7, 'Missing or insufficient permissions.'),
    'this account may not use Firestore in project "shop", check the project\'s name or grant the account roles/datastore.user',
  ],
  [
    'an unknown project',
    rpc(7, 'Permission denied on resource project shop.'),
    'this account may not use Firestore in project "shop", check the project\'s name or grant the account roles/datastore.user',
  ],
  [
    'an API that is switched off',
    rpc(
      7,
      'Cloud Firestore API has not been used in project 1234 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/firestore.googleapis.com/overview?project=1234 then retry.',
    ),
    'Firestore is switched off in project "shop", enable firestore.googleapis.com',
  ],
  [
    'an unknown database',
    rpc(
      5,
      'The database (default) does not exist for project shop Please visit https://console.cloud.google.com/datastore/setup?project=shop to add a Cloud Datastore or Cloud Firestore database.',
    ),
    'there is no database "(default)", create it with Terraform or name another',
  ],
  [
    'a missing index',
    rpc(
      9,
      'The query requires an index. You can create it here: https://console.firebase.google.com/v1/r/project/shop/firestore/indexes?create_composite=abc',
    ),
    'Firestore has no index for it, apply the Terraform configuration, or create it at https://console.firebase.google.com/v1/r/project/shop/firestore/indexes?create_composite=abc',
  ],
  [
    'an index that is being built',
    rpc(
      9,
      'The query requires an index. That index is currently building and cannot be used yet. See its status here: https://console.firebase.google.com/v1/r/x',
    ),
    'its index is still being built, try again later',
  ],
  [
    'credentials that are refused',
    rpc(16, 'Request had invalid authentication credentials.'),
    'Google refused the credentials, renew them or run it with a service account of project "shop"',
  ],
  [
    'no credentials',
    new Error(
      'Could not load the default credentials. Browse to https://cloud.google.com/docs/authentication/getting-started for more information.',
    ),
    'no credentials were found, run it with a service account, or "gcloud auth application-default login" first',
  ],
  [
    'no project',
    new Error(
      'Unable to detect a Project Id in the current environment. \nTo learn more about authentication and Google APIs, visit: \nhttps://cloud.google.com/docs/authentication/getting-started',
    ),
    'no project is named, set GOOGLE_CLOUD_PROJECT',
  ],
];
for (const [title, error, advice] of rows) {
  test(`${title} is told with its remedy, and tried again later`, t => {
    const told = explained(error, { action: 'read "tags/web!prod"', place });
    t.true(told instanceof Error && told.name === 'Error');
    t.is(String(told), `Error: Cannot read "tags/web!prod": ${advice}`);
    t.is(told instanceof Error ? told.cause : undefined, error);
  });
}

test('a document that is too large is refused for good', t => {
  const size =
    "Document 'x' cannot be written because its size (1,048,577 bytes) exceeds the maximum allowed size of 1,048,576 bytes.";
  for (const details of [
    size,
    'The value of property "x" is longer than 1048487 bytes.',
    'Transaction too big. Decrease transaction size.',
  ]) {
    const told = explained(rpc(3, details), { action: 'change "a/b"', place });
    t.is(
      String(told),
      'PermanentError: Cannot change "a/b": it is larger than Firestore takes (a key 1,500 bytes, a document 1 MiB, a transaction 10 MiB), store less',
    );
  }
});

test('any other failure is passed on as it is', t => {
  for (const error of [
    rpc(14, 'The service is currently unavailable.'),
    new Error('the judge said no'),
    'text',
    undefined,
  ]) {
    t.is(explained(error, { action: 'read "a/b"', place }), error);
  }
});

test("a conflict is another's change, not a missing database", t => {
  const codes = [5, 6, 9, 10].map(code =>
    rpc(code, 'the stored version (2) does not match the required base version (1)'),
  );
  t.true(codes.every(isConflict));
  t.false(isConflict(rpc(5, 'The database (default) does not exist for project shop')));
  t.false(isConflict(rpc(14, 'unavailable')));
  t.false(isConflict(new Error('no')));
});
