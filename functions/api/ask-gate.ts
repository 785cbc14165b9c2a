import { z } from 'zod';
import type { GateConfiguration } from '../../shared/domain/configuration/gates.ts';
import { GateResult } from '../../shared/domain/documents/gate.ts';
import { openQuestion, type Questioned, questionName } from '../../shared/domain/gates/gate-questions.ts';
import { isOfTag } from '../../shared/domain/gates/gate-results.ts';
import { isGatedMove } from '../../shared/domain/gates/gates-of.ts';
import { isDigest } from '../../shared/domain/names/digest.ts';
import { isTag } from '../../shared/domain/names/image-reference.ts';
import { problem } from '../../shared/domain/problem.ts';
import { builds, gates, tags } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
import { findVersion } from './find-version.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, type Words } from './words.ts';

const Question = z.strictObject({
  by,
  image: z.string().min(1).describe('Its name in the configuration.'),
  version: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Which one: a digest, a commit, a tag as headway moved it; the newest that was built when absent.',
    ),
  tag: z
    .string()
    .refine(isTag, 'expected a tag')
    .optional()
    .describe('The tag that the gate is told of. Wanted where its answer holds for one tag alone.'),
});
type Question = z.infer<typeof Question>;

/** So many of an image's builds, the newest, are looked through for one that was built. */
const RECENT = 50;

/** Asking a gate about an image now, whether or not anything moves by it: what waits for the answer hears it. */
export function askGateRoute(its: Words): Route {
  return defineRoute({
    method: 'POST',
    path: '/gates/{gate}/ask',
    id: 'askGate',
    summary: 'Ask a gate about an image now, whatever it said before, and keep the result',
    pathParameters: z.strictObject({ gate: z.string().min(1) }),
    queryParameters: nothing,
    body: Question,
    answer: { status: 202, schema: GateResult },
    problems: [404, 422],
    handle: async ({ path: { gate }, body }) => {
      const { configuration, records, hints, clock, log } = its;
      const settings = Object.hasOwn(configuration.gates, gate) ? configuration.gates[gate] : undefined;
      if (settings === undefined)
        return problem(404, `Cannot ask gate "${gate}": the configuration has none`);
      const refuse = (why: string) => problem(422, `Cannot ask gate "${gate}" about "${body.image}": ${why}`);
      const reason = reasonNotTo(configuration, settings, { ...body, gate });
      if (reason !== undefined) return refuse(reason);
      const version = await versionOf(records, body);
      if (version === undefined)
        return refuse(`nothing is known of ${body.version ?? 'any build of it'}; name a digest`);
      const { image, tag } = body;
      const asked: Questioned = { ...version, image, gate, by: body.by, ...(tag !== undefined && { tag }) };
      const ref = refTo(gates, image, version.digest, questionName(settings, asked));
      const question = await records.transact({ found: ref }, ({ found }) => {
        const result = openQuestion(found, { ...asked, settings }, clock.now());
        return { result, writes: [put(gates, result)] };
      });
      log.info('Gate asked for', { gate, image, digest: version.digest, by: body.by });
      await hints.publish([{ topic: 'gates', collection: ref.collection, key: ref.key }]);
      return question;
    },
  });
}

function reasonNotTo(
  configuration: Words['configuration'],
  settings: GateConfiguration,
  { gate, image, tag }: Question & { readonly gate: string },
): string | undefined {
  if (!Object.hasOwn(configuration.images, image)) return 'the configuration has no such image';
  if ('images' in settings && settings.images?.includes(image) === false) return 'it is not about this image';
  if (isOfTag(settings) && tag === undefined)
    return 'its answer holds for one tag alone; name the tag that would move';
  const asksForNothing = settings.kind === 'approval' && !isGatedMove(configuration, { image, tag, gate });
  return asksForNothing
    ? 'it asks people, about promotions and tags that move by themselves behind it'
    : undefined;
}

type Version = Pick<Questioned, 'digest' | 'commit'>;

/** A tag need not name what was built here, nor a digest. */
async function versionOf(records: Records, { image, version }: Question): Promise<Version | undefined> {
  const build = await (version === undefined ? newest(records, image) : findVersion(records, image, version));
  if (build?.digest !== undefined) return { digest: build.digest, commit: build.commit };
  if (version === undefined) return undefined;
  if (isDigest(version)) return { digest: version };
  const observed = (await records.get(refTo(tags, image, version)))?.observed;
  return observed && { digest: observed.digest, commit: observed.commit };
}

async function newest(records: Records, image: string) {
  const recent = await records.query(builds, {
    where: [{ field: 'image', is: '==', value: image }],
    orderBy: { field: 'requestedAt', direction: 'desc' },
    limit: RECENT,
  });
  return recent.find(({ status, digest }) => status === 'succeeded' && digest !== undefined);
}
