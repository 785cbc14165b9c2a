import { z } from 'zod';
import { Branch, Name } from './texts.ts';

/** A moving tag, and what moves it. */
export const Tag = z.strictObject({
  images: z.array(Name).min(1).describe('The images that carry it: no other image is ever given this tag.'),
  branch: Branch.optional().describe("The branch it follows; the repo's tracked branch when absent."),
  movedBy: z
    .enum(['headway', 'registry'])
    .default('headway')
    .describe('registry: others move it by pushing; headway reads it and deploys what follows it.'),
});
export type TagConfiguration = z.infer<typeof Tag>;
