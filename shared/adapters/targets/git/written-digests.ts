import { IMAGE_TRAILER } from '../../../domain/manifests/deploy-message.ts';
import type { WrittenBefore } from '../../../domain/manifests/judge-reference.ts';
import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import type { Mirror } from '../../git/mirror.ts';

/**
 * Which digests headway's own commits on the branch wrote, by their trailers. Reads only what is new.
 *
 * @param more what else git is to look at, such as commits that were squashed into one with another message.
 */
export function createWrittenDigests(
  mirror: Mirror,
  more: readonly string[] = [],
): (head: CommitSha) => Promise<WrittenBefore> {
  const written = new Set<string>();
  let known: CommitSha | undefined;
  return async head => {
    if (known !== head) {
      const range = known === undefined ? [head] : [head, `^${known}`];
      const format = `--format=%(trailers:key=${IMAGE_TRAILER},valueonly)`;
      const args = ['log', '--no-show-signature', `--grep=^${IMAGE_TRAILER}: `, format, ...range, ...more];
      known = undefined; // begins anew should this fail, as when a mirror was replaced
      const printed = await mirror.read(args, { doing: `read what was deployed up to commit ${head}` });
      for (const line of printed.split('\n')) written.add(line.trim());
      known = head;
    }
    return (repository, digest) => written.has(`${repository}@${digest}`);
  };
}
