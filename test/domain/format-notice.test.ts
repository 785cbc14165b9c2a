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

test('a long message is cut to what a reader takes', t => {
  const image = { registry: 'ghcr.io', repository: 'acme/web', tag: 'c0ffee' };
  const notice = parseNotice(formatNotice({ image, status: 'failed', message: 'x'.repeat(9_000) }));
  t.is(notice.message?.length, 4_000);
});
