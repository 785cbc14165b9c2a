import { z } from 'zod';
import { Report, Survey } from '../../shared/domain/documents/survey.ts';
import { surveys } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';

export type RedeployWish = { readonly dryRun: boolean; readonly pastHold?: string | undefined };

/** Compares what runs with what is published, now; without `dryRun` what drifted is mended. */
export function smartRedeployRoute(run: (options: RedeployWish) => Promise<Report>): Route {
  return defineRoute({
    method: 'POST',
    path: '/smart-redeploy',
    id: 'smartRedeploy',
    summary: 'Compare what runs with what is published, and mend what drifted',
    pathParameters: nothing,
    queryParameters: z.strictObject({
      dryRun: z.enum(['true', 'false']).default('false').describe('Report only, and touch nothing.'),
      pastHold: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('Who says that it goes past what holds a service, for the record.'),
    }),
    answer: { status: 200, schema: Report },
    handle: ({ query: { dryRun, pastHold } }) => run({ dryRun: dryRun === 'true', pastHold }),
  });
}

/** What the last survey on its schedule found, and when the next is due. */
export function readSurveyRoute(records: Records): Route {
  return defineRoute({
    method: 'GET',
    path: '/smart-redeploy',
    id: 'readSurvey',
    summary: 'What the last comparison of what runs with what is published found',
    pathParameters: nothing,
    queryParameters: nothing,
    answer: { status: 200, schema: Survey },
    problems: [404],
    handle: async () =>
      (await records.get(refTo(surveys, 'smart-redeploy'))) ?? missing('surveys', ['smart-redeploy']),
  });
}
