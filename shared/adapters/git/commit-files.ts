import { randomUUID } from 'node:crypto';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Mirror } from './mirror.ts';

export type Author = { readonly name: string; readonly email: string };
export type CommittedFile = {
  readonly path: string;
  /** As Git writes it: 100644 or 100755. */
  readonly mode: string;
  readonly bytes: Uint8Array;
};

/**
 * Makes a commit on top of `parent`, or the first one, with these files changed, in one git process and without a
 * working copy.
 * https://git-scm.com/docs/git-fast-import
 *
 * @returns the commit, and a way to drop the ref that holds it.
 */
export async function commitFiles(
  mirror: Mirror,
  {
    parent,
    message,
    author,
    files,
  }: {
    readonly parent: CommitSha | undefined;
    readonly message: string;
    readonly author: Author;
    readonly files: readonly CommittedFile[];
  },
): Promise<{ readonly sha: CommitSha; drop(): Promise<void> }> {
  const ref = `refs/headway/pending/${randomUUID()}`;
  const who = `${clean(author.name)} <${clean(author.email)}> now`;
  const input = Buffer.concat([
    Buffer.from(`commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\n`),
    data(Buffer.from(message)),
    ...(parent === undefined ? [] : [Buffer.from(`from ${parent}\n`)]),
    ...files.flatMap(({ path, mode, bytes }) => [
      Buffer.from(`M ${mode} inline ${quote(path)}\n`),
      data(bytes),
    ]),
    Buffer.from('get-mark :1\n'),
  ]);
  const doing = `commit to "${mirror.path}"`;
  const sha = (await mirror.read(['fast-import', '--quiet', '--date-format=now'], { doing, input })).trim();
  return { sha, drop: async () => void (await mirror.run(['update-ref', '-d', ref], { doing })) };
}

function data(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

/** The characters that end a name or an address in Git. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  return text.replaceAll(/[<>\x00-\x1f]/g, ' ').trim();
}

/** In the style of C, which any path may be written in. */
function quote(path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
