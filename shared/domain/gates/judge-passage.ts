import type { GateResult } from '../documents/gate.ts';
import type { Candidate, Tag } from '../documents/tag.ts';
import { shortSha } from '../names/commit-sha.ts';
import { gateName } from './gate-name.ts';
import { findResult, openQuestion, questionName, type TagGates, verdictOf } from './gate-questions.ts';
import { asForTag } from './questions-of-tag.ts';

export type Asks = NonNullable<Tag['asks']>;
export type Passage =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Some have not answered yet, and why; what is to be asked. */
  | { readonly kind: 'open'; readonly reason: string; readonly asks: Asks };

export const NO_GATES: TagGates = { named: [], results: [] };

/** Whether an image has passed all gates in front of a tag. One that failed is enough to refuse it. */
export function judgePassage(
  { image, tag, asks: asked }: Pick<Tag, 'image' | 'tag' | 'asks'>,
  { digest, commit }: Pick<Candidate, 'digest' | 'commit'>,
  { gates: { named, results }, now }: { readonly gates: TagGates; readonly now: number },
): Passage {
  const open: string[] = [];
  const asks: Asks[number][] = [];
  for (const { name: gate, settings } of named) {
    const called = gateName({ gate, image });
    if (settings === undefined) {
      open.push(`the configuration does not name ${called}`);
      continue;
    }
    if ('images' in settings && settings.images?.includes(image) === false) continue;
    const result = findResult(results, { image, digest, name: questionName(settings, { gate, tag }) });
    const verdict = verdictOf(result, settings, now);
    if (verdict === 'failed') return { kind: 'failed', reason: `${called} failed (${result?.reason})` };
    if (verdict === 'passed') continue;
    const known = asForTag(result, { asks: asked });
    const question = openQuestion(known, { settings, gate, image, digest, tag, commit }, now);
    open.push(openSentence(called, question));
    asks.push({ gate, digest, ...(question.approval !== undefined && { people: commit }) });
  }
  return open.length === 0 ? { kind: 'passed' } : { kind: 'open', reason: open.join('; '), asks };
}

/** Why they are not asked about a commit. */
export const BEHIND = 'the gates are asked about a newer commit first';

/** The tag with what it waits for; the same tag where that has not changed. */
export function withAsks(tag: Tag, asks: Asks): Tag {
  if (JSON.stringify(tag.asks ?? []) === JSON.stringify(asks)) return tag;
  return { ...tag, asks: asks.length === 0 ? undefined : [...asks] };
}

function openSentence(
  called: string,
  { state, reason, approval, gate, image, tag, commit = '' }: GateResult,
): string {
  if (state === 'open') return `${called} has not answered yet`;
  if (state === 'blocked') return `${called} could not be run: ${reason}`;
  if (approval === undefined) return `${called} waits: ${reason}`;
  const command = `headway approve ${image}:${tag}@${shortSha(commit)} ${gate}`;
  return `${called} waits: ${reason}; until ${approval.until} people say so with ${command}`;
}
