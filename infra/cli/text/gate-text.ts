import type { GateResult } from '../../../shared/domain/documents/gate.ts';
import { gateName } from '../../../shared/domain/gates/gate-name.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import { shortDigest } from '../../../shared/domain/names/digest.ts';
import { oneLine } from './one-line.ts';
import type { Looks, Tone } from './style.ts';
import { wrapWords } from './wrap-words.ts';

const TONES: Readonly<Record<GateResult['state'], Tone>> = {
  open: 'quiet',
  waiting: 'quiet',
  blocked: 'warn',
  passed: 'good',
  failed: 'bad',
};

/** What a gate said of an image, for people. */
export function gateText(
  { gate, image, digest, commit, tag, state, reason, log }: GateResult,
  { paint, width }: Looks,
): string {
  const at = commit === undefined ? '' : ` of commit ${shortSha(commit)}`;
  const told = tag === undefined ? '' : `, for ${tag}`;
  return [
    `${paint('strong', gateName({ gate, image }))} ${paint(TONES[state], state)} ${shortDigest(digest)}${at}${told}`,
    ...wrapWords(oneLine(reason), width),
    ...(log === undefined ? [] : [paint('quiet', `log: ${log}`)]),
  ].join('\n');
}
