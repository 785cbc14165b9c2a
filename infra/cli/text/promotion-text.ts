import type { GateStanding, GateState } from '../../../shared/domain/documents/gate.ts';
import type { PromotedState, Promotion } from '../../../shared/domain/documents/promotion.ts';
import { shortDigest } from '../../../shared/domain/names/digest.ts';
import { outcomeOf } from '../../../shared/domain/promotions/judge-steps.ts';
import { alignColumns } from './align-columns.ts';
import { oneLine } from './one-line.ts';
import type { Looks, Paint, Tone } from './style.ts';
import { wrapWords } from './wrap-words.ts';

const TONES: Partial<Record<PromotedState, Tone>> = { moved: 'good', missing: 'bad', left: 'bad' };

const GATE_TONES: Partial<Record<GateState, Tone>> = {
  passed: 'good',
  failed: 'bad',
  blocked: 'warn',
  skipped: 'warn',
};

/** What came of a promotion, image by image, for people. */
export function promotionText(promotion: Promotion, { paint, width }: Looks): string {
  const { number, from, to, undoes, takesBack, dryRun, phase } = promotion;
  const back = takesBack === undefined ? undefined : `${to}, taken back`;
  const what = undoes === undefined ? (back ?? `${from} to ${to}`) : `${to}, undoing promotion ${undoes}`;
  const rows = promotion.images.map(({ image, before, digest, after, state, message }) => [
    image,
    shown(before),
    shown(digest),
    shown(dryRun ? before : after),
    paint(TONES[state] ?? 'quiet', state),
    oneLine(message ?? ''),
  ]);
  const head = ['IMAGE', 'BEFORE', 'WANTED', 'NOW', 'STATE', ''].map(cell => paint('quiet', cell));
  const gates = (promotion.gates ?? []).map(each => gateRow(promotion, each, paint));
  const gateHead = ['GATE', 'IMAGE', 'STATE', 'WHY'].map(cell => paint('quiet', cell));
  return [
    `${paint('strong', `promotion ${number}`)}: ${what}, ${phase}${dryRun ? ' (dry run)' : ''}`,
    '',
    ...alignColumns([head, ...rows], width),
    ...(gates.length === 0 ? [] : ['', ...alignColumns([gateHead, ...gates], width)]),
    '',
    ...wrapWords(oneLine(outcomeOf(promotion)), width),
    ...(phase === 'moved' ? [paint('quiet', `headway undo ${number} brings it back`)] : []),
  ].join('\n');
}

function gateRow(
  { dryRun }: Promotion,
  { gate, image, state, reason, from, log }: GateStanding,
  paint: Paint,
) {
  const words = dryRun && state === 'open' ? 'would be asked' : state;
  const said = [reason, from && `in promotion ${from}`, log && `log: ${log}`];
  return [
    gate,
    image ?? '-',
    paint(GATE_TONES[state] ?? 'quiet', words),
    oneLine(said.filter(Boolean).join('; ')),
  ];
}

function shown(digest: string | undefined): string {
  return digest === undefined ? '-' : shortDigest(digest);
}
