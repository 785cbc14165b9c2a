import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { halves } from '../../shared/domain/configuration/target-contradictions.ts';

test('halves() refuses apply beside a pull request', t => {
  const git = { kind: 'git', url: 'https://example.org/app.git', apply: {} };
  const pullRequest = { forge: 'github', token: 'env://TOKEN' };
  const configuration = ConfigurationShape.parse({ targets: { a: git, b: { ...git, pullRequest } } });
  t.deepEqual(
    halves(configuration).map(({ path }) => path),
    [['targets', 'b', 'apply']],
  );
});
