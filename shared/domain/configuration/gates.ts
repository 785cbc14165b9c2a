import { z } from 'zod';
import { Duration } from '../durations.ts';
import { Some } from './texts.ts';

const Age = z.strictObject({
  kind: z.literal('age'),
  atLeast: Duration.describe('How long ago the image must have been built, e.g. 24h.'),
});

const Http = z.strictObject({
  kind: z.literal('http'),
  url: Some.describe('Asked with GET; an answer of 2xx passes.'),
  timeout: Duration.default('30s').describe('No answer within this is a failure.'),
});

/** A test that must pass before a tag moves. */
export const Gate = z.discriminatedUnion('kind', [Age, Http]);
export type GateConfiguration = z.infer<typeof Gate>;
