// A process of its own that deploys digests 1 to COUNT of one service: URL ROOT NAME COUNT.
import { createGitTarget } from '../../shared/adapters/targets/git/git-target.ts';
import { digest, orderOf } from './git-repository-orders.ts';
import { silentLog as log } from './silent-log.ts';

const [url = '', root = '', name = '', count = ''] = process.argv.slice(2);
const author = { name, email: `${name}@example.com` };
const target = createGitTarget({ url, branch: 'main', files: ['*.yaml'], author, root, log });
for (let version = 1; version <= Number(count); version += 1) {
  const { kind } = await target.deploy(orderOf(name, digest(version)), AbortSignal.timeout(60_000));
  process.stdout.write(`${version} ${kind}\n`);
}
