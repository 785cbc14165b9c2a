import { findReferences, type ImageField, type Reference } from '../../../domain/manifests/references.ts';
import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import type { CommittedFile } from '../../git/commit-files.ts';
import type { Mirror } from '../../git/mirror.ts';
import { findImageFields } from './image-fields.ts';

export type ManifestFile = {
  readonly path: string;
  /** As Git writes it: 100644 or 100755. */
  readonly mode: string;
  /**
   * A character a byte (latin1). Whatever the file's encoding, what is written back is then byte for byte what
   * was read; image references and YAML's own characters are ASCII.
   */
  readonly text: string;
  /** The image references to these repositories (`registry/repository`), or to all. */
  references(repositories?: ReadonlySet<string>): Reference[];
};

/** Files as they were read or rewritten, to be committed. */
export function bytesOf(
  files: readonly Pick<ManifestFile, 'path' | 'mode' | 'text'>[],
): readonly CommittedFile[] {
  return files.map(({ path, mode, text }) => ({ path, mode, bytes: Buffer.from(text, 'latin1') }));
}

type Entry = { readonly path: string; readonly mode: string; readonly blob: string };
type Blob = Pick<ManifestFile, 'text' | 'references'>;

/** Reads files as they are in a commit. What did not change since the last commit is not read again. */
export function createManifestTree(mirror: Mirror) {
  let known: ReadonlyMap<string, Blob> = new Map();

  return async function read(
    commit: CommitSha,
    isWanted: (path: string) => boolean,
  ): Promise<readonly ManifestFile[]> {
    const entries = (await listFiles(mirror, commit)).filter(({ path }) => isWanted(path));
    const missing = new Set(entries.map(({ blob }) => blob).filter(blob => !known.has(blob)));
    const loaded = new Map([...known, ...(await loadBlobs(mirror, [...missing]))]);
    const files = entries.flatMap(({ path, mode, blob }) => {
      const content = loaded.get(blob);
      return content === undefined ? [] : [{ path, mode, blob, ...content }];
    });
    known = new Map(files.map(({ blob, text, references }) => [blob, { text, references }]));
    return files;
  };
}

/** Regular files only, and only those whose path is UTF-8. */
async function listFiles(mirror: Mirror, commit: CommitSha): Promise<Entry[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', commit];
  const listed = await mirror.read(args, { doing: `list the files of commit ${commit}` });
  return listed.split('\0').flatMap(line => {
    const [, mode = '', blob = '', path = ''] = /^(100\d{3}) blob (\w+)\t(.+)$/s.exec(line) ?? [];
    return mode === '' || path.includes('\uFFFD') ? [] : [{ path, mode, blob }];
  });
}

/** https://git-scm.com/docs/git-cat-file#_batch_output */
async function loadBlobs(mirror: Mirror, blobs: readonly string[]): Promise<Map<string, Blob>> {
  const loaded = new Map<string, Blob>();
  if (blobs.length === 0) return loaded;
  const how = { doing: 'read manifests', input: `${blobs.join('\n')}\n` };
  const { stdout } = await mirror.run(['cat-file', '--batch'], how);
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at);
    const [blob = '', type, size] = stdout.subarray(at, end).toString().split(' ');
    if (type !== 'blob') throw new Error(`Cannot read manifests: git says "${blob} ${type}"`);
    const from = end + 1;
    loaded.set(blob, parseBlob(stdout.subarray(from, from + Number(size)).toString('latin1')));
    at = from + Number(size) + 1;
  }
  return loaded;
}

/** A file is parsed once, and only if all is asked for or it holds the last part of a repository's name. */
function parseBlob(text: string): Blob {
  let all: Reference[] | undefined;
  function references(repositories?: ReadonlySet<string>): Reference[] {
    const names = [...(repositories ?? [''])].map(name => name.slice(name.lastIndexOf('/') + 1));
    if (!names.some(name => text.includes(name))) return [];
    all ??= findReferences(text, fieldsBehindMark(text));
    return repositories === undefined ? all : all.filter(({ repository }) => repositories.has(repository));
  }
  return { text, references };
}

/** A byte order mark, if there is one, is not part of the first line. */
function fieldsBehindMark(text: string): ImageField[] {
  const mark = text.startsWith('\u00EF\u00BB\u00BF') ? 3 : 0;
  return findImageFields(text.slice(mark)).map(field => ({
    ...field,
    start: field.start + mark,
    end: field.end + mark,
  }));
}
