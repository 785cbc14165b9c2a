import { z } from 'zod';
import { movedTogether } from '../../shared/domain/configuration/lookups.ts';
import { Tag } from '../../shared/domain/documents/tag.ts';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { problem } from '../../shared/domain/problem.ts';
import {
  acceptCandidate,
  releaseTag,
  rollBackTag,
  type TagRuling,
} from '../../shared/domain/tags/judge-tag-words.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import { tags } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { missing } from './document-routes.ts';
import { findAims, type Together } from './find-aims.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { stoppedByHold } from './stopped-by-hold.ts';
import { isOfPromotions, keepBack, releaseBack, takeBack } from './take-back.ts';
import { by, OnlyBy, pastHold, rollbackTo, type Words } from './words.ts';

const pathParameters = z.strictObject({ image: z.string().min(1), tag: z.string().min(1) });
const Acceptance = z.strictObject({
  by,
  pastHold,
  commit: CommitSha.describe('One that waits for a person.'),
});

/** A person's last word over a tag; one that moves as a whole is moved for all of its images. */
export function tagWordRoutes(its: Words): Route[] {
  const shared = {
    method: 'POST' as const,
    pathParameters,
    queryParameters: nothing,
    answer: { status: 202 as const, schema: Tag },
    problems: [404, 422] as const,
  };
  return [
    defineRoute({
      ...shared,
      path: '/tags/{image}/{tag}/rollback',
      id: 'rollBackTag',
      summary: 'Bring a tag back to where it was before, or to what is named, at once',
      problems: [404, 409, 422],
      body: rollbackTo('where it was before'),
      handle: async ({ path, body: { digest, commit, pastHold, ...said } }) => {
        const held = await stopped(its, path, pastHold);
        if (held !== undefined) return held;
        const aims = await findAims(its, togetherOf(its, path), { digest, commit });
        if ('reason' in aims) return problem(422, `Cannot roll back "${nameOf(path)}": ${aims.reason}`);
        const aim = aims.of.get(path.image);
        const found = await its.records.get(refTo(tags, path.image, path.tag));
        if (aim !== undefined && isOfPromotions(its, path, found))
          return takeBack(its, path, { ...said, aim, pastHold });
        const why = pastHold ? `${said.why} (past holds)` : said.why;
        const told = await say(its, path, (tag, now) =>
          rollBackTag(tag, aims.of.get(tag.image), { ...said, why, now }),
        );
        // What moves by itself knows what is newer; where people move it they have to know.
        if ('candidates' in told && told.follows === undefined) await keepBack(its, path, said);
        return told;
      },
    }),
    defineRoute({
      ...shared,
      path: '/tags/{image}/{tag}/release',
      id: 'releaseTag',
      summary: 'Let a tag that was brought back follow its rule again, or be promoted to',
      body: OnlyBy,
      handle: async ({ path, body: { by } }) => {
        const found = await its.records.get(refTo(tags, path.image, path.tag));
        const isMoved = found?.follows === undefined && (await releaseBack(its, path, by));
        if (isMoved) return found ?? newTag(its.configuration, path.image, path.tag);
        return say(its, path, (tag, now) => releaseTag(tag, { now }));
      },
    }),
    defineRoute({
      ...shared,
      path: '/tags/{image}/{tag}/accept',
      id: 'acceptCommit',
      summary: 'Move a tag to a commit that waits for a person, such as one of a rewritten history',
      body: Acceptance,
      handle: async ({ path, body: { by, commit, pastHold } }) =>
        (await stopped(its, path, pastHold)) ??
        say(its, path, (tag, now) =>
          acceptCandidate(tag, commit, { by: pastHold ? `${by} (past holds)` : by, now }),
        ),
    }),
  ];
}

type Path = z.infer<typeof pathParameters>;
type Judge = (tag: Tag, now: number) => TagRuling;

function togetherOf({ configuration }: Words, path: Path): Together {
  return { ...path, images: movedTogether(configuration, path.image, path.tag) };
}

async function stopped(its: Words, path: Path, isPast: boolean) {
  const subjects = togetherOf(its, path).images.map(
    image => ({ kind: 'tag', image, tag: path.tag }) as const,
  );
  const reason = await stoppedByHold(its, subjects, isPast);
  return reason === undefined ? undefined : problem(422, `Cannot move "${nameOf(path)}": ${reason}`);
}

/** All of the tags that move together, or none: in one transaction. */
async function say(its: Words, path: Path, judge: Judge) {
  const { records, hints, clock, log } = its;
  const { images } = togetherOf(its, path);
  const refs = images.map(image => refTo(tags, image, path.tag));
  const rulings = await records.transact({ found: refs }, ({ found }) => {
    const result = found.flatMap(tag =>
      tag === undefined ? [] : [{ tag, ruling: judge(tag, clock.now()) }],
    );
    const done = result.flatMap(({ ruling }) => (ruling.kind === 'done' ? [ruling.tag] : []));
    return { result, writes: done.length === refs.length ? done.map(tag => put(tags, tag)) : [] };
  });
  const mine = rulings.find(({ tag }) => tag.image === path.image);
  if (mine === undefined || rulings.length < refs.length) return missing('tags', [path.image, path.tag]);
  for (const { tag, ruling } of rulings) {
    if (ruling.kind === 'refused') {
      return problem(422, `Cannot do that with "${tag.image}:${tag.tag}": ${ruling.reason}`);
    }
  }
  const told = mine.ruling.kind === 'done' ? mine.ruling.tag : mine.tag;
  log.info('Tag told', { ...path, wanted: told.wanted, rolledBack: told.rolledBack });
  await hints.publish(refs.map(({ collection, key }) => ({ topic: 'tags', collection, key })));
  return told;
}

function nameOf({ image, tag }: Path): string {
  return `${image}:${tag}`;
}
