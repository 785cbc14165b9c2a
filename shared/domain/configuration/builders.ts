import { z } from 'zod';
import { Name, Some } from './texts.ts';

const concurrency = z.int().min(1).max(64).optional().describe('How many of its builds run at once.');

const Docker = z.strictObject({
  kind: z.literal('docker'),
  host: Some.optional().describe('As DOCKER_HOST has it; the engine of this machine when absent.'),
  concurrency,
});

const Layers = z.strictObject({ kind: z.literal('layers'), concurrency });

/** Builds are given to whichever of them has the fewest under way. */
const Pool = z.strictObject({
  kind: z.literal('pool'),
  of: z.array(Name).min(1).describe('Names under builders.'),
});

/** Who builds images, beside the words auto, docker, layers and none. */
export const Builder = z.discriminatedUnion('kind', [Docker, Layers, Pool]);
export type BuilderConfiguration = z.infer<typeof Builder>;

/** Words that are builders without being configured. */
export const OWN_BUILDERS = ['auto', 'docker', 'layers', 'none'] as const;

/** The kinds that could not keep a secret out of the layers or the history of what they build. */
export const WITHOUT_SECRETS: readonly BuilderConfiguration['kind'][] = ['docker', 'layers'];
