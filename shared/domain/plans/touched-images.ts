import type { ImageTree } from '../tree/image-tree.ts';
import type { ChangeRules } from './change-rules.ts';
import type { Reason } from './reasons.ts';

export type Touched = {
  /** The first file that every image depends on. */
  readonly sharedFile: string | undefined;
  /** Changed files by the name of the image whose folder they are in, in the order of their paths. */
  readonly files: ReadonlyMap<string, readonly string[]>;
};

/**
 * Which images changed files belong to. A file belongs to every image whose folder, or tests, it is under, so that a folder
 * within another's is a change of both. In time linear in the files and the depth of their folders.
 */
export function touchedImages(
  changed: readonly string[],
  { images, rules }: { readonly images: ImageTree; readonly rules: ChangeRules },
): Touched {
  const places = images.flatMap(({ name, folder, testFolders = [] }) =>
    [folder, ...testFolders].map(at => ({ name, at })),
  );
  const namesByFolder = Map.groupBy(places, ({ at }) => at);
  const buildAll = new Set(rules.buildAll);
  const ignore = new Set(rules.ignore);
  const files = new Map<string, string[]>();
  let sharedFile: string | undefined;
  for (const file of changed.toSorted()) {
    const above = selfAndAbove(file);
    if (above.some(path => buildAll.has(path))) {
      sharedFile ??= file;
    } else if (!above.some(path => ignore.has(path))) {
      const names = above.flatMap(path => namesByFolder.get(path) ?? []).map(({ name }) => name);
      for (const name of new Set(names)) {
        const known = files.get(name);
        if (known === undefined) files.set(name, [file]);
        else known.push(file);
      }
    }
  }
  return { sharedFile, files };
}

/** Why an image is built, by the files that differ. */
export function reasonsOfFiles(name: string, { sharedFile, files: byImage }: Touched): Reason[] {
  const files = byImage.get(name);
  return [
    ...(sharedFile === undefined ? [] : [{ kind: 'shared file', file: sharedFile } as const]),
    ...(files === undefined ? [] : [{ kind: 'changed', files } as const]),
  ];
}

/** `a/b/c` is `a/b/c`, `a/b`, `a` and the repository itself. */
function selfAndAbove(path: string): string[] {
  const above = [path];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    above.push(path.slice(0, end));
  }
  return [...above, ''];
}
