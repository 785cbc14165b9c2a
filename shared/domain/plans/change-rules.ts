import { z } from 'zod';

/** Which changes mean more, or less, than the folder they are in. Paths are relative to the repository. */
export type ChangeRules = {
  /** A change of one of these, or of a file under it, is a change of every image. */
  readonly buildAll: readonly string[];
  /** A change of one of these, or of a file under it, is none. */
  readonly ignore: readonly string[];
};

const Paths = z.array(z.string('expected paths'), 'expected a list of paths').default([]);

/**
 * `change_ignore.json` of the DataHub stacks; its paths are relative to the folder it is in. Further keys are nobody's.
 * https://github.com/ucsd-ets/datahub-docker-stack
 */
export const ChangeIgnore = z.object({ BuildAll: Paths, ChangeIgnore: Paths });

/** Where a stack says nothing else: what all of its images are tested with, and what says how they are built. */
export const STACK_RULES: z.infer<typeof ChangeIgnore> = {
  BuildAll: ['tests_common', 'spec.yml', 'change_ignore.json', 'conftest.py'],
  ChangeIgnore: [],
};

export function changeRules({ BuildAll, ChangeIgnore }: typeof STACK_RULES, folder: string): ChangeRules {
  const within = (path: string) => [folder, ...path.split('/')].filter(part => part !== '').join('/');
  return { buildAll: BuildAll.map(within), ignore: ChangeIgnore.map(within) };
}
