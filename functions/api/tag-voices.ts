import { z } from 'zod';
import { movedTogether } from '../../shared/domain/configuration/lookups.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { questionName } from '../../shared/domain/gates/gate-questions.ts';
import { isGatedMove } from '../../shared/domain/gates/gates-of.ts';
import { type TagVoice, takeTagVoice } from '../../shared/domain/gates/take-tag-voice.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { problem } from '../../shared/domain/problem.ts';
import { builds, gates, tags } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { Voiced } from './answers.ts';
import { findVersion } from './find-version.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, type Words, why } from './words.ts';

const Place = z.strictObject({ image: z.string().min(1), tag: z.string().min(1), gate: z.string().min(1) });
type Place = z.infer<typeof Place>;
const Voice = z.strictObject({
  by: by.describe('Whose voice it is.'),
  why: why.optional(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'expected a commit, or at least its first 7 hex digits')
    .describe('What it is said of, so that nobody says yes to what came meanwhile; its beginning will do.'),
});

/** People's voices on a commit that a tag would move to by itself: yes, and no. */
export function tagVoiceRoutes(its: Words): Route[] {
  return [
    voiceRoute(its, {
      verb: 'approve',
      approves: true,
      does: 'Say yes to a commit that a tag would move to by itself, at a gate that asks people',
    }),
    voiceRoute(its, {
      verb: 'refuse',
      approves: false,
      does: 'Say no to such a commit, which keeps it from the tag',
    }),
  ];
}

type Word = { readonly verb: string; readonly approves: boolean; readonly does: string };

function voiceRoute(its: Words, { verb, approves, does }: Word): Route {
  return defineRoute({
    method: 'POST',
    path: `/tags/{image}/{tag}/gates/{gate}/${verb}`,
    id: `${verb}TagGate`,
    summary: does,
    pathParameters: Place,
    queryParameters: nothing,
    body: Voice,
    answer: { status: 202, schema: Voiced },
    problems: [422],
    handle: async ({ path, body: { by, why, commit: beginning } }) => {
      const { image, tag, gate } = path;
      const refuse = (reason: string) =>
        problem(422, `Cannot ${verb} gate "${gate}" of ${image}:${tag}: ${reason}`);
      const settings = its.configuration.gates[gate];
      if (settings === undefined || !isGatedMove(its.configuration, path))
        return refuse(
          'the configuration does not put that gate before this tag, as one that moves by itself',
        );
      if (settings.kind !== 'approval') return refuse('it asks no people');
      const commit = await commitOf(its, path, beginning);
      if (commit === undefined) return refuse(`no commit that begins with ${beginning} is known there`);
      const name = questionName(settings, { gate, tag });
      const heard = await hear(its, { ...path, commit, name }, (asked, now) =>
        takeTagVoice({ ...asked, settings }, { by, approves, ...(why !== undefined && { why }) }, now),
      );
      if (heard.kind === 'refused') return refuse(heard.reason);
      its.log.info('Voice heard', { image, tag, gate, commit, by, approves });
      return { results: [...heard.questions] };
    },
  });
}

type Asked = Pick<Parameters<typeof takeTagVoice>[0], 'found' | 'tags'>;
type About = Place & { readonly commit: string; readonly name: string };

/** One voice counts for all images of a tag that moves as a whole: in one transaction. */
async function hear(its: Words, about: About, judge: (asked: Asked, now: number) => TagVoice) {
  const { records, hints, clock } = its;
  const known = await tagsOf(its, about);
  const asked = await Promise.all(known.map(each => digestsOf(its, each, about)));
  const refs = {
    tags: known.map(({ ref }) => ref),
    found: known.flatMap(({ image }, i) =>
      [...(asked[i] ?? [])].map(digest => refTo(gates, image, digest, about.name)),
    ),
  };
  const heard = await records.transact(refs, ({ tags, found }) => {
    const result = judge({ tags, found: found.filter(each => each !== undefined) }, clock.now());
    const questions = result.kind === 'heard' ? result.questions : [];
    return { result, writes: questions.map(question => put(gates, question)) };
  });
  const told = heard.kind === 'heard' ? heard.questions : [];
  await hints.publish(
    told.map(question => ({ topic: 'gates', ...refTo(gates, ...gates.parts(question)) }) as const),
  );
  return heard;
}

async function tagsOf({ records, configuration }: Words, { image, tag }: Pick<Place, 'image' | 'tag'>) {
  const images = movedTogether(configuration, image, tag);
  return Promise.all(
    images.map(async each => {
      const ref = refTo(tags, each, tag);
      return { image: each, ref, found: await records.get(ref) };
    }),
  );
}

/** The one commit that begins so: of those that ask for the tag, else of any that was built. */
async function commitOf(its: Words, { image, tag }: Place, beginning: string): Promise<string | undefined> {
  if (isCommitSha(beginning)) return beginning;
  const known = await tagsOf(its, { image, tag });
  const asking = known.flatMap(({ found }) => found?.candidates.map(({ commit }) => commit) ?? []);
  const [one, ...more] = new Set(asking.filter(commit => commit.startsWith(beginning)));
  if (more.length > 0) return undefined;
  return one ?? (await findVersion(its.records, image, beginning))?.commit;
}

/** What of an image was built of the commit, by the tag's word and that of the builds. */
async function digestsOf(
  { records }: Words,
  { image, found }: { readonly image: string; readonly found: Tag | undefined },
  { commit }: Pick<About, 'commit'>,
) {
  const build = await records.get(refTo(builds, image, commit));
  const asking = found?.candidates.filter(candidate => candidate.commit === commit) ?? [];
  const digests = [...asking.map(({ digest }) => digest), build?.digest];
  return new Set(digests.filter(digest => digest !== undefined));
}
