import { deployMessage } from '../../../domain/manifests/deploy-message.ts';
import { shortSha } from '../../../domain/names/commit-sha.ts';
import type { Log } from '../../../ports/log.ts';
import { type Author, commitFiles } from '../../git/commit-files.ts';
import { push } from '../../git/push.ts';
import { answerOrder } from './answers.ts';
import type { BranchApplier, WantedFile } from './apply-branch.ts';
import type { BranchReader } from './branch-reader.ts';
import type { Land } from './branch-writer.ts';
import {
  deployedImage,
  editManifests,
  type FilesOrder,
  isRewritten,
  type Judged,
  matchesSome,
} from './edits.ts';
import { bytesOf } from './manifest-tree.ts';

/** Commits on the branch itself, and applies what the commit changed where that is asked for. */
export function createCommitLanding({
  branch,
  author,
  log,
  applier,
}: {
  readonly branch: BranchReader;
  readonly author: Author;
  readonly log: Log;
  readonly applier?: BranchApplier | undefined;
}): Land {
  return async (orders, { head, signal }) => {
    const manifests = await branch.read(head, path => orders.some(({ files }) => matchesSome(path, files)));
    const written = await branch.written(head);
    const { changed, judged } = editManifests(manifests, { orders, written });
    const answer = (note: string) =>
      new Map(
        [...judged].map(([each, references]) => [each, answerOrder(each, { references, branch, note })]),
      );
    if (changed.length === 0) {
      await applier?.apply(wantedFiles(judged, { landed: false }), signal); // a crash may have come before it
      return answer(`branch ${branch.name} says so already`);
    }
    signal.throwIfAborted();
    const images = [...judged].flatMap(deployedImage);
    const message = deployMessage(images);
    const { sha, drop } = await commitFiles(branch.mirror, {
      parent: head,
      message,
      author,
      files: bytesOf(changed),
    });
    const { url, name, ref, mirror } = branch;
    const pushed = await push(mirror, { url, ref, parent: head, commit: sha, signal }).finally(drop);
    log.info('Manifests pushed', { url, branch: name, commit: sha, outcome: pushed.kind, images });
    if (pushed.kind === 'lost') return undefined;
    const answers = answer(`commit ${shortSha(sha)} on branch ${name}`);
    await applier?.apply(wantedFiles(judged, { landed: pushed.kind === 'landed' }), signal);
    if (pushed.kind === 'landed') return answers;
    const reason = `Cannot push to branch "${name}" of "${url}": the remote says "${pushed.reason}"`;
    const refused = [...judged].filter(([, references]) => isRewritten(references));
    return new Map([...answers, ...refused.map(([each]) => [each, { kind: 'failed', reason }] as const)]);
  };
}

/** The files that carry on the branch what was ordered. */
function wantedFiles(
  judged: ReadonlyMap<FilesOrder, readonly Judged[]>,
  { landed }: { readonly landed: boolean },
): WantedFile[] {
  return [...judged].flatMap(([{ order }, references]) =>
    references
      .filter(({ verdict }) => verdict.kind === 'current' || (landed && verdict.kind === 'rewrite'))
      .map(({ path, repository }) => ({ path, image: `${repository}@${order.image.digest}` })),
  );
}
