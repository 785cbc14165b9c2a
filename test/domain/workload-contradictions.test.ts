import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { workloads } from '../../shared/domain/configuration/workload-contradictions.ts';

const finds = test.macro({
  exec(t, workload: string | undefined, isWrong: boolean) {
    const web = { image: 'web', tag: 'prod', ...(workload !== undefined && { workload }) };
    const configuration = ConfigurationShape.parse({
      targets: { cluster: { kind: 'kubernetes' }, heroku: { kind: 'heroku', token: 'env://T' } },
      services: { web: { ...web, target: 'cluster' }, other: { ...web, target: 'heroku' } },
    });
    t.deepEqual(
      workloads(configuration).map(({ path }) => path),
      isWrong ? [['services', 'web', 'workload']] : [],
    );
  },
  title: (name = '') => `workloads() ${name}`,
});

test('finds nothing wrong without a workload', finds, undefined, false);
test('finds nothing wrong in a name', finds, 'web', false);
test('finds nothing wrong in a namespace, kind and name', finds, 'shop/statefulset/web', false);
test('finds a kind that is none, where the target is a cluster', finds, 'pod/web', true);
test('finds one part too many', finds, 'a/b/deployment/web', true);
