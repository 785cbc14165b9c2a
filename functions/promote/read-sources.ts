import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { PromotedImage, Promotion } from '../../shared/domain/documents/promotion.ts';
import { questionName } from '../../shared/domain/gates/gate-questions.ts';
import { gatesOf } from '../../shared/domain/gates/gates-of.ts';
import { type NamedGate, openGates } from '../../shared/domain/gates/open-gates.ts';
import { covers, heldSentence } from '../../shared/domain/holds/judge-holds.ts';
import {
  isPinned,
  judgeSources,
  refuse,
  type SourceFacts,
} from '../../shared/domain/promotions/judge-sources.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { gates } from '../../shared/records/collections.ts';
import { readHolds } from '../../shared/records/holds.ts';
import { refTo } from '../../shared/records/records.ts';
import { advance } from './advance.ts';
import { placeOf } from './point.ts';
import { AT_ONCE, type Claimed, type Promote } from './promote.ts';
import { severalAtOnce } from './several-at-once.ts';

/** A registry that does not answer is asked so often before the promotion is refused: somebody is waiting for it. */
const TRIES = 5;

/**
 * Reads what every source and every target names, and records it, before anything moves: first to put its gates before
 * the promotion, and once they have passed to see that nothing else stands against it by then.
 */
export async function readSources(its: Promote, claimed: Claimed): Promise<Promotion> {
  const { promotion, signal } = claimed;
  const facts = new Map<string, SourceFacts>();
  const holds = promotion.pastHold === true ? [] : await readHolds(its);
  try {
    await severalAtOnce(promotion.images, { atOnce: AT_ONCE, signal }, async each => {
      facts.set(each.image, await factsOf(its, promotion, { each, holds }));
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof RegistryError)) throw error;
    if (error.temporary && promotion.attempts + 1 < TRIES) throw error;
    return advance(its, claimed, found => refuse(found, its.redact(error.message)));
  }
  if (promotion.phase === 'gated') {
    return advance(its, claimed, found => judgeSources(found, facts));
  }
  const named = gatesOf(its.configuration, promotion.to).map(name => ({
    name,
    settings: its.configuration.gates[name],
  }));
  const results = await resultsAtHand(its, { facts, named, tag: promotion.to });
  return advance(its, claimed, (found, now) =>
    openGates(judgeSources(found, facts), { gates: named, results, now }),
  );
}

type AtHand = {
  readonly facts: ReadonlyMap<string, SourceFacts>;
  readonly named: readonly NamedGate[];
  readonly tag: string;
};

async function resultsAtHand({ records }: Promote, { facts, named, tag }: AtHand): Promise<GateResult[]> {
  const keys = [...facts].flatMap(([image, { source }]) =>
    named.flatMap(({ name: gate, settings }) =>
      source === undefined || settings === undefined
        ? []
        : [refTo(gates, image, source, questionName(settings, { gate, tag }))],
    ),
  );
  const found = await Promise.all(keys.map(ref => records.get(ref)));
  return found.filter(result => result !== undefined);
}

async function factsOf(
  { registry }: Promote,
  promotion: Promotion,
  { each, holds }: { readonly each: PromotedImage; readonly holds: readonly StandingHold[] },
): Promise<SourceFacts> {
  const { from, to } = promotion;
  const at = placeOf(each);
  const byDigest = each.digest === undefined ? undefined : { ...at, digest: each.digest };
  const origin = isPinned(promotion) ? byDigest : { ...at, tag: from };
  const [source, target] = await Promise.all([
    origin && registry.head(origin),
    registry.head({ ...at, tag: to }),
  ]);
  const hold = holds.find(({ scope, rollback }) => {
    const isOwn = rollback === true && promotion.takesBack !== undefined;
    return !isOwn && covers(scope, { kind: 'tag', image: each.image, tag: to });
  });
  return { source: source?.digest, target: target?.digest, held: hold && heldSentence(hold) };
}
