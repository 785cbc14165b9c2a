import { z } from 'zod';
import { Credentials } from './targets.ts';
import { Branch, GitUrl, Name } from './texts.ts';

/** A Git wiki that shows which images there are. */
export const Wiki = z.strictObject({
  url: GitUrl.describe('What git clones, e.g. https://github.com/acme/web.wiki.git. No credentials in it.'),
  branch: Branch.default('master').describe('The branch that the wiki shows.'),
  credentials: Credentials.optional().describe('For an https URL that needs them.'),
  images: z.array(Name).optional().describe('The images it shows; all when absent.'),
});
export type WikiConfiguration = z.infer<typeof Wiki>;
