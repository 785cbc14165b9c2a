import { shortSha } from '../names/commit-sha.ts';

/** The list files of DataHub's `artifacts` folder. */
export type ListName =
  | 'IMAGES_CHANGED'
  | 'IMAGES_BUILT'
  | 'IMAGES_TEST_PASSED'
  | 'IMAGES_TEST_ERROR'
  | 'IMAGES_ORIGINAL'
  | 'IMAGES_TAGGED'
  | 'IMAGES_PUSHED'
  | 'IMAGES_ORIGINAL_STABLE'
  | 'IMAGES_GLOBAL_STABLE'
  | 'GIT_HASH'
  | 'GIT_HASH_SHORT';

/** One value a line, each with its end; nothing for no values. */
export function formatList(values: readonly string[]): string {
  return values.map(value => `${value.trim()}\n`).join('');
}

/** What one build adds to the lists. */
export type BuildLists = {
  readonly commit: string;
  readonly fullName: string;
  /** The full name of the image that it stands on. */
  readonly parent?: string | undefined;
  /** Whether its own files were changed, and not only its parent. */
  readonly changed: boolean;
  readonly built: boolean;
  /** Absent where no test was reached. */
  readonly testsPassed?: boolean | undefined;
};

/** The lists of one build, by the names of their files. */
export function buildLists(its: BuildLists): ReadonlyMap<string, string> {
  const { commit, fullName, parent, changed, built, testsPassed } = its;
  const when = (holds: boolean) => formatList(holds ? [fullName] : []);
  const lists: readonly (readonly [ListName, string])[] = [
    ['IMAGES_CHANGED', when(changed)],
    ['IMAGES_BUILT', when(built)],
    ['IMAGES_TEST_PASSED', when(testsPassed === true)],
    ['IMAGES_TEST_ERROR', when(testsPassed === false)],
    ['GIT_HASH', formatList([commit])],
    ['GIT_HASH_SHORT', formatList([shortSha(commit)])],
  ];
  const dependency = parent === undefined ? {} : { [fullName]: parent };
  return new Map<string, string>([
    ...lists,
    ['image-dependency.json', `${JSON.stringify(dependency, null, 2)}\n`],
  ]);
}
