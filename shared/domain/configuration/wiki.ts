import { z } from 'zod';
import { Credentials } from './targets.ts';
import { ApiUrl, Branch, GitUrl, Name, Some } from './texts.ts';

/** A Git wiki that shows which images there are. */
export const Wiki = z.strictObject({
  url: GitUrl.describe('What git clones, e.g. https://github.com/acme/web.wiki.git. No credentials in it.'),
  branch: Branch.default('master').describe('The branch that the wiki shows.'),
  credentials: Credentials.optional().describe('For an https URL that needs them.'),
  images: z.array(Name).optional().describe('The images it shows; all when absent.'),
  pages: ApiUrl.optional().describe(
    'Where its pages are shown, when that is not where the URL suggests, e.g. https://github.com/acme/web/wiki.',
  ),
  author: z
    .strictObject({ name: Some.describe('As Git shows it.'), email: Some.describe('As Git shows it.') })
    .default({ name: 'headway', email: 'headway@localhost' })
    .describe('Who the commits are by.'),
});
export type WikiConfiguration = z.infer<typeof Wiki>;
