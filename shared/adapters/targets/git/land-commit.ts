import { deployMessage } from '../../../domain/manifests/deploy-message.ts';
import { shortSha } from '../../../domain/names/commit-sha.ts';
import type { Log } from '../../../ports/log.ts';
import { answerOrder } from './answers.ts';
import type { BranchReader } from './branch-reader.ts';
import type { Land } from './branch-writer.ts';
import { type Author, commitFiles } from './commit-files.ts';
import { deployedImage, editManifests, isRewritten, matchesSome } from './edits.ts';
import { push } from './push.ts';

/** Commits on the branch itself. */
export function createCommitLanding({
  branch,
  author,
  log,
}: {
  readonly branch: BranchReader;
  readonly author: Author;
  readonly log: Log;
}): Land {
  return async (orders, { head, signal }) => {
    const manifests = await branch.read(head, path => orders.some(({ files }) => matchesSome(path, files)));
    const written = await branch.written(head);
    const { changed, judged } = editManifests(manifests, { orders, written });
    const answer = (note: string) =>
      new Map(
        [...judged].map(([each, references]) => [each, answerOrder(each, { references, branch, note })]),
      );
    if (changed.length === 0) return answer(`branch ${branch.name} says so already`);
    signal.throwIfAborted();
    const images = [...judged].flatMap(deployedImage);
    const message = deployMessage(images);
    const { sha, drop } = await commitFiles(branch.mirror, { parent: head, message, author, files: changed });
    const { url, name, ref, mirror } = branch;
    const pushed = await push(mirror, { url, ref, parent: head, commit: sha, signal }).finally(drop);
    log.info('Manifests pushed', { url, branch: name, commit: sha, outcome: pushed.kind, images });
    if (pushed.kind === 'lost') return undefined;
    const answers = answer(`commit ${shortSha(sha)} on branch ${name}`);
    if (pushed.kind === 'landed') return answers;
    const reason = `Cannot push to branch "${name}" of "${url}": the remote says "${pushed.reason}"`;
    const refused = [...judged].filter(([, references]) => isRewritten(references));
    return new Map([...answers, ...refused.map(([each]) => [each, { kind: 'failed', reason }] as const)]);
  };
}
