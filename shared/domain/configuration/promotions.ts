import { z } from 'zod';
import { Duration } from '../durations.ts';
import { Name } from './texts.ts';

/** What holds for promotions, whatever tag they move. */
export const Promotions = z
  .strictObject({
    gates: z
      .array(Name)
      .default([])
      .describe('Gates of every promotion to a tag that is not under tags with gates of its own.'),
    patience: Duration.default('1d').describe('A gate that could not be run for so long has failed.'),
  })
  .prefault({})
  .describe('What must hold before people move the tag of a stack.');
