import { z } from 'zod';
import { Report } from '../../shared/domain/documents/survey.ts';
import { defineRoute, type Route } from './route.ts';

/** Compares what runs with what is published, now; without `dryRun` what drifted is mended. */
export function smartRedeployRoute(run: (options: { readonly dryRun: boolean }) => Promise<Report>): Route {
  return defineRoute({
    method: 'POST',
    path: '/smart-redeploy',
    id: 'smartRedeploy',
    summary: 'Compare what runs with what is published, and mend what drifted',
    pathParameters: z.strictObject({}),
    queryParameters: z.strictObject({
      dryRun: z.enum(['true', 'false']).default('false').describe('Report only, and touch nothing.'),
    }),
    answer: { status: 200, schema: Report },
    handle: ({ query }) => run({ dryRun: query.dryRun === 'true' }),
  });
}
