import type { Build, BuildStep } from '../documents/build.ts';
import type { Commit } from '../documents/commit.ts';
import type { Delivery } from '../documents/delivery.ts';
import type { Move } from '../documents/move.ts';
import type { Deploy } from '../documents/service.ts';
import { shortSha } from '../names/commit-sha.ts';
import { shortDigest } from '../names/digest.ts';
import { documentName, type Step, type StepState } from './steps.ts';

/** Every document that speaks of one commit. Deliveries come without their bodies. */
export type CommitFacts = {
  readonly commit: Commit;
  readonly deliveries: readonly Omit<Delivery, 'body'>[];
  readonly builds: readonly Build[];
  readonly moves: readonly Move[];
  readonly deploys: readonly Deploy[];
};
type Timed = Step & { readonly at: string };

const ORDER = ['commit', 'push', 'build', 'notice', 'move', 'deploy', 'running'] as const;

/** What happened to a commit, from its making to its running, in the order of time. */
export function commitTimeline(facts: CommitFacts): Timed[] {
  const steps = [
    ...commitSteps(facts.commit),
    ...facts.deliveries.flatMap(deliverySteps),
    ...facts.builds.flatMap(buildSteps),
    ...facts.moves.map(moveStep),
    ...facts.deploys.flatMap(deploySteps),
  ];
  return steps
    .flatMap(step => (step.at === undefined ? [] : [{ ...step, at: step.at }]))
    .toSorted((a, b) => compare(a.at, b.at) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

export function commitSteps({ repo, sha, author, subject, committedAt }: Commit): Step[] {
  return [
    {
      kind: 'commit',
      at: committedAt,
      by: author,
      state: 'done',
      text: `Committed: ${subject ?? 'without a known subject'}`,
      document: documentName('commits', repo, sha),
    },
  ];
}

export function deliverySteps(delivery: Omit<Delivery, 'body'>): Step[] {
  const { source, id, event, receivedAt, status, outcome, settledAt, repeats } = delivery;
  const document = documentName('deliveries', source, id);
  const again = repeats === 0 ? '' : `, and ${repeats === 1 ? 'once' : `${repeats} times`} more`;
  const step = { kind: 'push', by: source, document } as const;
  const states = { waiting: 'waiting', done: 'done', ignored: 'done', failed: 'failed' } as const;
  return [
    { ...step, at: receivedAt, state: 'done', text: `Delivery of ${event} received${again}` },
    { ...step, at: settledAt, state: states[status], text: `Delivery settled: ${outcome ?? status}` },
  ];
}

export function buildSteps(build: Build): Step[] {
  const { image, commit, status, builder, reasons = [], carries, endedAt } = build;
  const step = { image, document: documentName('builds', image, commit) } as const;
  const because = reasons.length === 0 ? '' : `, since ${reasons.join(' and ')}`;
  const asked =
    carries === undefined ? `asked for${because}` : `asked for: unchanged since ${shortSha(carries)}`;
  const ended = endOf(build);
  return [
    {
      ...step,
      kind: 'build',
      at: build.requestedAt,
      by: 'headway',
      state: 'done',
      text: `${image} ${asked}`,
    },
    {
      ...step,
      kind: 'build',
      at: build.startedAt,
      by: builder,
      state: endedAt === undefined ? 'working' : 'done',
      text: `${image} ${carries === undefined ? 'started to build' : 'started to be taken over'}`,
    },
    ...build.steps.flatMap(done => partOf(build, done)).map(part => ({ ...step, ...part, by: builder })),
    ...(ended === undefined
      ? []
      : [{ ...step, kind: 'build' as const, at: endedAt, by: builder, state: ended[0], text: ended[1] }]),
    {
      ...step,
      kind: 'notice',
      at: build.noticedAt,
      by: builder,
      state: status === 'failed' ? 'failed' : 'done',
      text: `Notice of ${image} settled: ${status}`,
    },
  ];
}

/** Where a person's word ended it, that is told by its step. */
function endOf(build: Build): readonly [StepState, string] | undefined {
  const { image, status, carries, digest, endedAt, lastError, steps } = build;
  if (steps.some(({ name, at }) => name === 'cancelled' && at === endedAt)) return undefined;
  if (status === 'failed') return ['failed', `${image} failed to build: ${lastError ?? 'its log tells why'}`];
  if (status === 'superseded' || status === 'cancelled') {
    return ['refused', `${image} was ${status}${lastError === undefined ? '' : `: ${lastError}`}`];
  }
  const as = digest === undefined ? '' : ` as ${shortDigest(digest)}`;
  return ['done', carries === undefined ? `${image} built${as}` : `${image} taken over${as}`];
}

/** What was done to it, with how long it took, and what people said of it. */
function partOf(
  { image }: Build,
  { name, at, seconds, message }: BuildStep,
): Pick<Step, 'kind' | 'at' | 'state' | 'text'>[] {
  const part = { kind: 'build', at } as const;
  if (name === 'note') return [{ ...part, state: 'done', text: `${image}: ${message ?? ''}` }];
  if (SAID.has(name)) {
    const state = name === 'cancelled' ? 'refused' : 'done';
    return [{ ...part, state, text: `${image} ${name} ${message ?? ''}`.trim() }];
  }
  if (seconds === undefined) return [];
  const failed = message === 'failed';
  const took = `${failed ? ' failed after' : ' took'} ${seconds.toFixed(1)} s`;
  return [{ ...part, state: failed ? 'failed' : 'done', text: `${image}: ${name}${took}` }];
}

/** The words of people: "web cancelled by ada: a typo". */
const SAID: ReadonlySet<string> = new Set(['cancelled', 'retried', 'moved']);

export function moveStep({ image, tag, sequence, at, verdict, reason }: Move): Step {
  const step = { kind: 'move', at, by: 'headway', image } as const;
  const document = documentName('moves', image, tag, sequence);
  if (verdict === 'moved')
    return { ...step, document, state: 'done', text: `${image}:${tag} moved here: ${reason}` };
  if (verdict === 'waiting')
    return { ...step, document, state: 'waiting', text: `${image}:${tag} waits: ${reason}` };
  return { ...step, document, state: 'refused', text: `${image}:${tag} refused: ${reason}` };
}

export function deploySteps(deploy: Deploy): Step[] {
  const { target, service, sequence, phase, message } = deploy;
  const document = documentName('deploys', target, service, sequence);
  const where = `${service} at ${target}`;
  const step = { kind: 'deploy', by: target, document } as const;
  const ended = phase === 'failed' ? deploy.endedAt : undefined;
  return [
    { ...step, at: deploy.dispatchedAt, by: 'headway', state: 'done', text: `Deploy of ${where} dispatched` },
    { ...step, at: deploy.acceptedAt, state: 'done', text: `Deploy of ${where} accepted` },
    { ...step, kind: 'running', at: deploy.runningAt, state: 'running', text: `${where} observed running` },
    {
      ...step,
      at: ended,
      state: 'failed',
      text: `Deploy of ${where} failed: ${message ?? 'no reason was given'}`,
    },
  ];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
