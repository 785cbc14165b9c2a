/** Where the folders of an image's tests are put in a container, and the command is run. */
export const TESTS_FOLDER = '/headway/tests';

/**
 * Where each folder of the repo is put: beside each other under their own last names, or, where two have the same,
 * under the whole path that they have in the repo.
 */
export function testFolders(folders: readonly string[]): ReadonlyMap<string, string> {
  const paths = [...new Set(folders.map(plain))];
  const lasts = paths.map(lastOf);
  return new Map(
    paths.map(path => {
      const isAlone = lasts.filter(last => last === lastOf(path)).length === 1;
      const name = isAlone ? lastOf(path) : path;
      return [path, name === '' ? TESTS_FOLDER : `${TESTS_FOLDER}/${name}`];
    }),
  );
}

function plain(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}

function lastOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}
