import { z } from 'zod';
import { Duration } from '../durations.ts';
import { parseImageReference } from '../names/image-reference.ts';
import { TextOrSecret } from './secret-reference.ts';
import { PlainText, Some } from './texts.ts';

const IMAGE = 'expected an image such as postgres@sha256:… or postgres:16';

export const Volumes = z
  .array(
    z
      .string('expected NAME:/PATH or NAME:/PATH:ro')
      .regex(/^[^:]+:\/[^:]*(?::ro)?$/, 'expected NAME:/PATH or NAME:/PATH:ro'),
  )
  .default([]);

export const Command = z.array(PlainText).optional();

export const Healthy = z
  .strictObject({ after: Duration.default('2s').describe('Without HEALTHCHECK: how long it must run.') })
  .default({ after: '2s' });

/** A container that a service needs: a database, a cache. */
export const Companion = z.strictObject({
  image: z
    .string(IMAGE)
    .refine(text => parseImageReference(text) !== undefined, IMAGE)
    .describe('By digest, or by a tag that is looked up when the companion is made and not again.'),
  environment: z
    .record(Some, TextOrSecret)
    .default({})
    .describe('Of its container. References as for the service.'),
  volumes: Volumes.describe('Named volumes or host folders, kept whatever becomes of the companion.'),
  command: Command.describe("Instead of the image's own command, one argument an item."),
  healthy: Healthy.describe('When the service may be started.'),
});
