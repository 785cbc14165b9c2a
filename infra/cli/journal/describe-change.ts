import type { Build } from '../../../shared/domain/documents/build.ts';
import type { Delivery } from '../../../shared/domain/documents/delivery.ts';
import type { Move } from '../../../shared/domain/documents/move.ts';
import type { Service } from '../../../shared/domain/documents/service.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import { shortDigest } from '../../../shared/domain/names/digest.ts';
import type { Tone } from '../text/style.ts';

/** One line of the journey: what it is about, and what happened. */
export type JournalLine = {
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
  readonly tone?: Tone;
};

/** A webhook came, and what came of it. Our own builders' notices are told by their builds. */
export function describeDelivery(before: Delivery | undefined, now: Delivery): JournalLine | undefined {
  if (before?.status === now.status && before.repeats === now.repeats) return undefined;
  const subject = `${now.source} ${now.event}`;
  if (now.status === 'waiting') {
    return now.source === 'builder' ? undefined : { kind: 'hook', subject, text: 'stored and answered' };
  }
  const outcome = now.outcome ?? now.status;
  if (now.status === 'failed') return { kind: 'failed', subject, text: outcome, tone: 'bad' };
  return { kind: now.kind === 'notices' ? 'notice' : 'push', subject, text: withShortShas(outcome) };
}

export function describeBuild(before: Build | undefined, now: Build): JournalLine | undefined {
  if (
    before?.status === now.status &&
    before.digest === now.digest &&
    before.steps.length === now.steps.length
  ) {
    return undefined;
  }
  const subject = `${now.image}@${shortSha(now.commit)}`;
  const told = now.status === 'building' ? underWay(before, now) : atRest(before, now);
  return told && { kind: 'build', subject, ...told };
}

type Said = Pick<JournalLine, 'text' | 'tone'>;

function underWay(before: Build | undefined, now: Build): Said | undefined {
  const pushed = now.steps.at(-1)?.name === 'pushed' && now.steps.length !== before?.steps.length;
  if (now.carries !== undefined) {
    return pushed
      ? { text: `unchanged, carried from ${shortSha(now.carries)}${took(now)}`, tone: 'quiet' }
      : undefined;
  }
  if (pushed) return { text: `built and pushed${took(now)}` };
  return before?.status === 'building' ? undefined : { text: 'started' };
}

function atRest(before: Build | undefined, now: Build): Said | undefined {
  const { status, lastError = '', steps } = now;
  const last = steps.length === before?.steps.length ? undefined : steps.at(-1);
  if (last !== undefined && SAID.has(last.name)) {
    return { text: `${last.name} ${last.message ?? ''}`.trim(), tone: 'warn' };
  }
  if (status === 'failed') return { text: `failed: ${lastError}`, tone: 'bad' };
  if (status === 'superseded' || status === 'cancelled') {
    return { text: `${status}: ${lastError}`, tone: 'warn' };
  }
  return undefined;
}

/** What people say of builds: "cancelled by ada: a typo". */
const SAID: ReadonlySet<string> = new Set(['cancelled', 'retried', 'moved']);

export function describeMove(_before: Move | undefined, now: Move): JournalLine {
  const to = now.to.commit === undefined ? shortDigest(now.to.digest ?? '') : shortSha(now.to.commit);
  const subject = `${now.image}:${now.tag}`;
  if (now.verdict === 'moved')
    return { kind: 'moved', subject, text: `to ${to}: ${now.reason}`, tone: 'strong' };
  return { kind: now.verdict, subject, text: `${to}: ${now.reason}`, tone: 'warn' };
}

export function describeService(before: Service | undefined, now: Service): JournalLine | undefined {
  if (before?.phase === now.phase && before.wanted?.digest === now.wanted?.digest) return undefined;
  if (now.phase === 'idle') return undefined;
  const subject = `${now.service} at ${now.target}`;
  const version = now.wanted?.commit === undefined ? '' : `${shortSha(now.wanted.commit)} `;
  if (now.phase === 'running') return { kind: 'running', subject, text: `${version}observed`, tone: 'good' };
  const text = `${version}${now.phase}${now.message === undefined ? '' : `: ${now.message}`}`;
  return { kind: 'deploy', subject, text, ...(now.phase === 'failed' && { tone: 'bad' }) };
}

function took({ startedAt, endedAt }: Build): string {
  if (startedAt === undefined || endedAt === undefined) return '';
  return ` in ${((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000).toFixed(1)} s`;
}

function withShortShas(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{12,64}\b/g, sha => sha.slice(0, 7));
}
