import type { Topic } from '../../shared/domain/documents/waiting.ts';

export type FunctionTrigger = {
  /** The topics that are pushed to it. */
  readonly topics?: readonly Topic[];
  /** Called by its schedule. */
  readonly scheduled?: true;
};

/** What calls each function: the same as terraform/functions.tf says, which a test holds against this. */
export const functionMap: Readonly<Record<string, FunctionTrigger>> = {
  api: {},
  builds: { topics: ['pushes', 'builds'] },
  deploy: { topics: ['deploys'] },
  hooks: {},
  notices: { topics: ['notices'] },
  'prod-tag': { topics: ['tags'] },
  promote: { topics: ['promotions', 'gates'] },
  'smart-redeploy': { scheduled: true },
};
