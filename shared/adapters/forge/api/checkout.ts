import { Readable } from 'node:stream';
import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Checkout } from '../../../ports/forge.ts';
import { ForgeError } from '../../../ports/forge-error.ts';
import { makeCheckout } from '../checkout-folder.ts';
import { besideOneAnother } from './beside-one-another.ts';
import { blobId } from './blob-id.ts';
import { type Listed, type Listing, listingOf } from './listing.ts';
import type { RepositoryApi } from './repository-api.ts';
import { type Unpacked, unpack } from './unpack.ts';
import { makeFolder, makeLink, writeEntry } from './write-entries.ts';

type Wanted = {
  readonly repo: string;
  readonly sha: CommitSha;
  readonly temporary: string;
  /** The most bytes that the files may have together. */
  readonly mostBytes: number;
};

/** More are not fetched one by one: that would use up the forge's limit of requests. */
const MOST_MISSING = 300;
const NOTHING: Unpacked = { files: new Set(), links: new Map() };

/**
 * The tree of exactly this commit: what is written is what the commit lists, with the hashes it lists. The forge's
 * archive gives most of it in one request; what it leaves out or rewrites (`export-ignore`, `export-subst`, large
 * files kept elsewhere) is fetched by itself. https://git-scm.com/docs/gitattributes#_creating_an_archive
 *
 * @throws {PermanentError} when the archive lacks too much, or is too large.
 */
export function checkOutByApi(api: RepositoryApi, wanted: Wanted): Promise<Checkout> {
  return makeCheckout(wanted.temporary, async ({ path: root }) => {
    const listing = listingOf(await api.tree(wanted.sha));
    const { files, links } = await unpackArchive(api, { ...wanted, listing, root });
    const missing = [...listing.values()].filter(
      ({ kind, path }) => kind !== 'submodule' && !files.has(path) && !links.has(path),
    );
    if (missing.length > MOST_MISSING) {
      throw new PermanentError(
        `Cannot check out commit ${wanted.sha} of repo "${wanted.repo}": its archive lacks ${missing.length} files, as export-ignore asks for; use forge: git`,
      );
    }
    const fetched = await fetchMissing(api, { ...wanted, missing, root });
    for (const entry of listing.values()) {
      const target = links.get(entry.path) ?? fetched.get(entry.path);
      if (entry.kind === 'submodule') await makeFolder(root, entry);
      if (entry.kind === 'link' && target !== undefined) await makeLink(root, entry, target);
    }
  });
}

async function unpackArchive(
  api: RepositoryApi,
  { repo, sha, root, listing, mostBytes }: Wanted & { readonly root: string; readonly listing: Listing },
): Promise<Unpacked> {
  const { response, isWrapped } = await api.archive(sha);
  if (response?.body == null) return NOTHING;
  const stream = Readable.from(response.body, { objectMode: false });
  return unpack(stream, { root, listing, isWrapped, most: mostBytes }).catch((error: Error) => {
    if (error instanceof PermanentError) throw error;
    const message = `Cannot check out commit ${sha} of repo "${repo}": its archive could not be unpacked (${error.message})`;
    throw new ForgeError(message, { cause: error });
  });
}

/** @returns where the links among them lead */
async function fetchMissing(
  api: RepositoryApi,
  { repo, sha, missing, root }: Wanted & { readonly missing: readonly Listed[]; readonly root: string },
): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  await besideOneAnother(missing, async entry => {
    const content = (await api.blob(entry, sha)) ?? new Uint8Array();
    if (blobId(content, entry.id) !== entry.id) {
      throw new ForgeError(
        `Cannot check out commit ${sha} of repo "${repo}": the forge gives another content for "${entry.path}" than the commit has`,
      );
    }
    if (entry.kind === 'link') links.set(entry.path, Buffer.from(content).toString());
    else await writeEntry(root, entry, [content]);
  });
  return links;
}
