import { join } from 'node:path';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Checkout } from '../../ports/forge.ts';
import type { Mirror } from '../git/mirror.ts';
import { makeCheckout } from './checkout-folder.ts';

/**
 * Writes the tree of a commit that the mirror has into a fresh folder, as `git checkout` would: with executable
 * bits, symbolic links and line endings by attribute; submodules are empty folders. An index of its own, so that
 * any number of checkouts can run beside one another, and not `git archive`, which would leave out what is marked
 * `export-ignore`.
 */
export async function checkOut(
  mirror: Pick<Mirror, 'path' | 'read'>,
  { sha, temporary }: { readonly sha: CommitSha; readonly temporary: string },
): Promise<Checkout> {
  return makeCheckout(temporary, async ({ folder, path }) => {
    const how = {
      doing: `check out commit ${sha} from "${mirror.path}"`,
      cwd: path,
      variables: { GIT_INDEX_FILE: join(folder, 'index'), GIT_WORK_TREE: path },
      timeout: 600_000,
    };
    await mirror.read(['read-tree', sha], how);
    await mirror.read(['checkout-index', '--all', '--quiet'], how);
  });
}
