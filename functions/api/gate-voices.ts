import { z } from 'zod';
import { type Taken, takeVoice } from '../../shared/domain/gates/take-voice.ts';
import { problem } from '../../shared/domain/problem.ts';
import { promotions } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { Promoted } from './answers.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, Numbered, type Words, why } from './words.ts';

const Place = Numbered.extend({ gate: z.string().min(1) });
const Voice = z.strictObject({
  by: by.describe('Whose voice it is.'),
  why: why.optional(),
});

/** People's voices on a promotion: yes, and no. */
export function gateVoiceRoutes(its: Words): Route[] {
  return [
    voiceRoute(its, {
      verb: 'approve',
      approves: true,
      does: 'Say yes to a promotion, at a gate that asks people',
    }),
    voiceRoute(its, { verb: 'refuse', approves: false, does: 'Say no to a promotion, which ends it' }),
  ];
}

type Word = { readonly verb: string; readonly approves: boolean; readonly does: string };

function voiceRoute(its: Words, { verb, approves, does }: Word): Route {
  return defineRoute({
    method: 'POST',
    path: `/promotions/{number}/gates/{gate}/${verb}`,
    id: `${verb}Gate`,
    summary: does,
    pathParameters: Place,
    queryParameters: nothing,
    body: Voice,
    answer: { status: 202, schema: Promoted },
    problems: [404, 422],
    handle: async ({ path: { number, gate }, body: { by, why } }) => {
      const { records, hints, clock, log } = its;
      const ref = refTo(promotions, number);
      const spoken = { gate, by, approves, ...(why !== undefined && { why }) };
      const heard = await records.transact<{ found: typeof ref }, Taken | undefined>(
        { found: ref },
        ({ found }) => {
          const result = found && takeVoice(found, spoken, clock.now());
          return { result, writes: result?.kind === 'heard' ? [put(promotions, result.promotion)] : [] };
        },
      );
      if (heard === undefined) return missing('promotions', [number]);
      if (heard.kind === 'refused') {
        return problem(422, `Cannot ${verb} gate "${gate}" of promotion ${number}: ${heard.reason}`);
      }
      log.info('Voice heard', { number, gate, by, approves });
      await hints.publish([{ topic: 'promotions', collection: ref.collection, key: ref.key }]);
      return { promotion: heard.promotion };
    },
  });
}
