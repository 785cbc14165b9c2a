import { heldReason } from '../../../domain/manifests/summary.ts';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Answer } from '../../../ports/target.ts';
import type { BranchReader } from './branch-reader.ts';
import type { FilesOrder, Judged } from './edits.ts';

/** What came of an order, once what could be rewritten is on the branch. */
export function answerOrder(
  { order, files }: FilesOrder,
  {
    references,
    branch,
    note,
  }: { readonly references: readonly Judged[]; readonly branch: BranchReader; readonly note: string },
): Answer {
  if (references.length === 0) {
    const image = repositoryName(order.image);
    const where = `no file of "${branch.url}" on branch "${branch.name}" that matches ${files.join(', ')}`;
    const advice = 'name it in a manifest, or correct the files of the target';
    return {
      kind: 'failed',
      reason: `Cannot deploy "${order.name}": ${where} names image ${image}; ${advice}`,
    };
  }
  const held = references.flatMap(reference =>
    reference.verdict.kind === 'held' ? [heldReason(reference, reference.verdict)] : [],
  );
  return held.length > 0 ? { kind: 'held', reason: held.join('; ') } : { kind: 'accepted', note };
}

/** Why there is nothing to read. */
export async function missingBranch(branch: BranchReader): Promise<string> {
  const problem = (await branch.isEmpty()) ? 'the repository is empty' : 'there is no such branch';
  return `Cannot read branch "${branch.name}" of "${branch.url}": ${problem}; push the manifests to it`;
}
