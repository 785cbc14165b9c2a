import test from 'ava';
import fc from 'fast-check';
import { formatNotice } from '../../shared/domain/deliveries/format-notice.ts';
import { type BuildNotice, parseNotice } from '../../shared/domain/deliveries/parse-notice.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const digest = hex(64).map(text => `sha256:${text}`);
const notices: fc.Arbitrary<BuildNotice> = fc
  .record(
    {
      commit: hex(40),
      status: fc.constantFrom('building', 'succeeded', 'failed'),
      repo: fc.webUrl(),
      branch: fc.string({ minLength: 1 }),
      digest,
      buildId: fc.uuid(),
      startedAt: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      parentDigest: digest,
      message: fc.string({ minLength: 1 }),
      own: fc.record({ image: fc.string({ minLength: 1 }), commit: hex(40) }),
    },
    { requiredKeys: ['commit', 'status'] },
  )
  .map(({ commit, startedAt, ...rest }) => ({
    ...rest,
    image: { registry: 'ghcr.io', repository: 'acme/web', tag: commit },
    ...(startedAt !== undefined && { startedAt: startedAt.toISOString() }),
  }));

test('a notice that is written is read as it was', t => {
  fc.assert(
    fc.property(notices, notice => {
      t.deepEqual(parseNotice(formatNotice(notice)), notice);
    }),
  );
});

const image = { registry: 'ghcr.io', repository: 'acme/web', tag: 'c0ffee' };
const LONG = `Cannot build web: npm ci failed\n${'x'.repeat(20_000)}\nnpm ERR! no such package`;

test('of a long message its beginning and its end are told', t => {
  const { message = '' } = parseNotice(formatNotice({ image, status: 'failed', message: LONG }));
  t.is(message.length, 4_000);
  t.regex(message, /^Cannot build web: npm ci failed\nx+\n…\nx+\nnpm ERR! no such package$/);
});

test("a stranger's long message is no reason to refuse what it tells", t => {
  const told = { image_name: 'ghcr.io/acme/web', tag: 'c0ffee', status: 'failure', message: LONG };
  t.is(parseNotice(JSON.stringify(told)).message?.length, 4_000);
});
