import { setTimeout as later } from 'node:timers/promises';
import { type DeployedImage, deployMessage } from '../../../domain/manifests/deploy-message.ts';
import { shortSha } from '../../../domain/names/commit-sha.ts';
import { repositoryName, sameRepository } from '../../../domain/names/image-reference.ts';
import type { Log } from '../../../ports/log.ts';
import type { Answer, Order } from '../../../ports/target.ts';
import { answerOrder, missingBranch } from './answers.ts';
import type { BranchReader } from './branch-reader.ts';
import { type Author, commitFiles } from './commit-files.ts';
import { editManifests, type FilesOrder, type Judged, matchesSome } from './edits.ts';
import { push } from './push.ts';

type Waiting = FilesOrder & {
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
};

const TRIES = 12;

/**
 * The only one in this process that writes to the branch. Orders that wait go into one commit together; when
 * somebody else was faster, the edits are made anew on what they pushed.
 */
export function createBranchWriter({
  branch,
  author,
  log,
  chance,
}: {
  readonly branch: BranchReader;
  readonly author: Author;
  readonly log: Log;
  /** From 0 to 1, for the pauses after a lost race. */
  readonly chance: () => number;
}): (
  order: Order,
  how: { readonly files: readonly string[]; readonly signal: AbortSignal },
) => Promise<Answer> {
  const waiting: Waiting[] = [];
  let writing = false;

  async function write(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) await land();
    writing = false;
  }

  async function land(): Promise<void> {
    const batch: Waiting[] = [];
    try {
      const answers = await untilLanded(batch);
      for (const [each, answer] of answers) each.resolve(answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** Whoever comes along before the edits are made joins the batch; whoever gives up leaves it. */
  async function untilLanded(batch: Waiting[]): Promise<Answers> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      join(batch, waiting);
      const head = await branch.head();
      join(batch, waiting);
      const answers = await attempt(batch, head).catch(error => {
        if (batch.some(({ signal }) => signal.aborted)) return undefined;
        throw error;
      });
      if (answers !== undefined) return answers;
      await later(chance() * Math.min(50 * 2 ** tries, 3_000));
    }
    throw new Error(`Cannot push to "${branch.url}": others were faster ${TRIES} times`);
  }

  /** @returns nothing when somebody else was faster. */
  async function attempt(batch: readonly Waiting[], head: string | undefined): Promise<Answers | undefined> {
    if (head === undefined) {
      const reason = await missingBranch(branch);
      return new Map(batch.map(each => [each, { kind: 'failed', reason }]));
    }
    const manifests = await branch.read(head, path => batch.some(({ files }) => matchesSome(path, files)));
    const written = await branch.written(head);
    const { changed, judged } = editManifests(manifests, { orders: batch, written });
    const answer = (note: string) =>
      new Map(
        [...judged].map(([each, references]) => [each, answerOrder(each, { references, branch, note })]),
      );
    if (changed.length === 0) return answer(`branch ${branch.name} says so already`);
    const signal = AbortSignal.any(batch.map(each => each.signal));
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
  }

  return async (order, { files, signal }) => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp);
    waiting.push({ order, files, signal, resolve, reject });
    void write();
    return promise.finally(() => signal.removeEventListener('abort', giveUp));
  };
}

type Answers = ReadonlyMap<Waiting, Answer>;

/** Drops those who gave up, and adds those waiting who want no other digest of a repository in the batch. */
function join(batch: Waiting[], waiting: Waiting[]): void {
  const candidates = [...batch.splice(0), ...waiting.splice(0)].filter(({ signal }) => !signal.aborted);
  for (const each of candidates) (batch.some(other => clashes(other, each)) ? waiting : batch).push(each);
}

function clashes({ order: { image: a } }: Waiting, { order: { image: b } }: Waiting): boolean {
  return sameRepository(a, b) && a.digest !== b.digest;
}

function deployedImage([{ order }, references]: [Waiting, readonly Judged[]]): DeployedImage[] {
  if (!isRewritten(references)) return [];
  const { name, image, commit } = order;
  return [{ service: name, repository: repositoryName(image), digest: image.digest, commit }];
}

function isRewritten(references: readonly Judged[]): boolean {
  return references.some(({ verdict }) => verdict.kind === 'rewrite');
}
