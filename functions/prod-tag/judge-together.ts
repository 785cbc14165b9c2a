import { instant } from '../../shared/domain/claims.ts';
import type { Candidate, Follows, Tag } from '../../shared/domain/documents/tag.ts';
import { gatesOfMove } from '../../shared/domain/gates/gates-of.ts';
import { questionsOf } from '../../shared/domain/gates/questions-of-tag.ts';
import { afterJudging } from '../../shared/domain/tags/after-judging.ts';
import type { TagFacts } from '../../shared/domain/tags/judge-by-rule.ts';
import { isBehind } from '../../shared/domain/tags/judge-tag.ts';
import { judgeWhole } from '../../shared/domain/tags/judge-whole.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import { builds, gates as gateResults, moves, tags } from '../../shared/records/collections.ts';
import { readHolds } from '../../shared/records/holds.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { type Asked, areAmong, askedBy, askGates, resultRefs } from './gates.ts';
import { gatherFacts } from './gather-facts.ts';
import type { ProdTag } from './prod-tag.ts';

/**
 * Judges the tags of a whole tree in one transaction, so that all of them are wanted at one commit or none is.
 *
 * @param looked the one whose turn it is: the others are written where they changed, and keep their pauses else.
 */
export async function judgeTogether(its: ProdTag, looked: Tag, images: readonly string[]): Promise<void> {
  const { records, configuration, clock, log, hints } = its;
  const name = looked.tag;
  const refs = images.map(image => refTo(tags, image, name));
  const orNew = (found: readonly (Tag | undefined)[]) =>
    images.map((image, i) => found[i] ?? newTag(configuration, image, name));
  for (;;) {
    const known = orNew(await Promise.all(refs.map(ref => records.get(ref))));
    const commits = [...new Set(known.flatMap(({ candidates }) => candidates.map(({ commit }) => commit)))];
    const holds = await readHolds(its);
    const facts = await Promise.all(known.map(tag => factsOf(its, tag, { commits, holds })));
    const built = await Promise.all(images.map(image => builtAt(its, image, commits)));
    const onRewrite = configuration.repos[known[0]?.follows?.repo ?? '']?.onRewrite ?? 'wait';
    const asked = [
      ...known.flatMap(askedBy),
      ...images.flatMap((image, i) => builtBy({ image, name }, built[i])),
    ];
    const reads = { tags: refs, results: resultRefs(its, asked) };
    const { again, changed, questions } = await records.transact(reads, found => {
      const now = clock.now();
      const before = orNew(found.tags);
      if (!areAmong(asked, before)) return { result: UNKNOWN, writes: [] };
      const gates = {
        named: gatesOfMove(configuration, name),
        results: found.results.filter(result => result !== undefined),
      };
      const parts = before.map((tag, i) => ({
        tag,
        facts: facts[i] ?? NOTHING_KNOWN,
        built: built[i] ?? new Map(),
      }));
      const judged = judgeWhole(parts, { now, onRewrite, gates });
      const next = judged.tags.flatMap((tag, i) => {
        const was = before[i];
        if (was === undefined || (tag === was && tag.image !== looked.image)) return [];
        const mine = judged.moves.filter(({ image }) => image === tag.image);
        return [afterJudging(was, { tag, moves: mine }, { now, heldUntil: facts[i]?.heldUntil })];
      });
      const changed = next.filter(tag => tag.image !== looked.image && isBehind(tag) && isDue(tag, now));
      const questions = next.flatMap(tag => {
        const was = before.find(({ image }) => image === tag.image) ?? tag;
        return questionsOf(tag, { ...gates, before: was }, now);
      });
      const ledger = judged.moves.map(move => put(moves, move));
      const asking = questions.map(question => put(gateResults, question));
      return {
        result: { again: judged.again, changed, questions },
        writes: [...next.map(tag => put(tags, tag)), ...ledger, ...asking],
      };
    });
    log.info('Candidates judged together', { tag: name, images, commits: commits.length });
    await hints.publish(
      changed.map(({ image, tag }) => ({
        topic: 'tags',
        collection: 'tags',
        key: refTo(tags, image, tag).key,
      })),
    );
    await askGates(its, questions);
    if (!again) return;
  }
}

/** Somebody has put up another image meanwhile. */
const UNKNOWN = { again: true, changed: [], questions: [] };
const NOTHING_KNOWN: TagFacts = { standing: undefined, ofCommit: new Map() };

async function factsOf(its: ProdTag, tag: Tag, asked: Parameters<typeof gatherFacts>[2]): Promise<TagFacts> {
  const follows: Follows | undefined = tag.follows;
  return follows === undefined ? NOTHING_KNOWN : gatherFacts(its, { ...tag, follows }, asked);
}

/** The image of each commit that has one; a success is not taken back, so it need not be read with the tags. */
async function builtAt({ records }: ProdTag, image: string, commits: readonly string[]) {
  const built = new Map<string, Candidate>();
  for (const commit of commits) {
    const build = await records.get(refTo(builds, image, commit));
    if (build?.status !== 'succeeded' || build.digest === undefined) continue;
    built.set(commit, { commit, digest: build.digest, startedAt: build.startedAt });
  }
  return built;
}

function builtBy(
  { image, name }: { readonly image: string; readonly name: string },
  built: ReadonlyMap<string, Candidate> | undefined,
): Asked[] {
  return [...(built?.values() ?? [])].map(({ digest }) => ({ image, tag: name, digest }));
}

function isDue({ due }: Tag, now: number): boolean {
  return due !== undefined && due <= instant(now);
}
