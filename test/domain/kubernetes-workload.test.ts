import test from 'ava';
import fc from 'fast-check';
import {
  formatWorkloadName,
  parseWorkloadName,
  WORKLOAD_KINDS,
  type WorkloadName,
} from '../../shared/domain/names/kubernetes-workload.ts';

const parses = test.macro({
  exec(t, text: string, expected: WorkloadName | undefined) {
    t.deepEqual(parseWorkloadName(text, 'shop'), expected);
  },
  title: (_, text: string) => `parseWorkloadName() reads "${text}"`,
});

test(parses, 'web', { namespace: 'shop', kind: 'deployment', name: 'web' });
test(parses, 'job/migrate', { namespace: 'shop', kind: 'job', name: 'migrate' });
test(parses, 'ops/cronjob/tidy.up', { namespace: 'ops', kind: 'cronjob', name: 'tidy.up' });
test(parses, 'pod/web', undefined);
test(parses, 'a/b/deployment/web', undefined);
test(parses, '', undefined);
test(parses, 'deployment/', undefined);
test(parses, '../web', undefined);
test(parses, 'deployment/Web', undefined);
test(parses, 'deployment/web?x=1', undefined);

test('parseWorkloadName() reads back whatever formatWorkloadName() writes', t => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}[a-z0-9]$/);
  const workload = fc.record({ namespace: word, kind: fc.constantFrom(...WORKLOAD_KINDS), name: word });
  fc.assert(
    fc.property(workload, word, (one, namespace) => {
      t.deepEqual(parseWorkloadName(formatWorkloadName(one, namespace), namespace), one);
    }),
  );
});
