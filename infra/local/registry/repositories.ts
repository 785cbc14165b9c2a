import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import { ifThere, syncFolder, writeDurably } from './durable-files.ts';

/** Which content each repository has. Names, tags and digests must have been checked: they become paths. */
export type Repositories = {
  /** All that hold a manifest or did once, sorted. */
  names(): Promise<string[]>;
  hasBlob(name: string, digest: Digest): Promise<boolean>;
  addBlob(name: string, digest: Digest): Promise<void>;
  /** Whether it was there. */
  removeBlob(name: string, digest: Digest): Promise<boolean>;
  mediaType(name: string, digest: Digest): Promise<string | undefined>;
  addManifest(name: string, digest: Digest, mediaType: string): Promise<void>;
  removeManifest(name: string, digest: Digest): Promise<boolean>;
  tag(name: string, tag: string): Promise<Digest | undefined>;
  setTag(name: string, tag: string, digest: Digest): Promise<void>;
  removeTag(name: string, tag: string): Promise<boolean>;
  /** Sorted; `undefined` when there is no such repository. */
  tags(name: string): Promise<string[] | undefined>;
  addReferrer(name: string, subject: Digest, referrer: Digest): Promise<void>;
  referrers(name: string, subject: Digest): Promise<Digest[]>;
};

/**
 * Small files under each repository's folder. Theirs begin with `_`, as no part of a repository's name does:
 * `_blobs/HEX`, `_manifests/HEX` (holds the media type), `_tags/TAG` (holds the digest), `_referrers/HEX/HEX`.
 */
export function createRepositories({
  root,
  drafts,
}: {
  readonly root: string;
  readonly drafts: string;
}): Repositories {
  const place = (name: string, ...path: string[]) => join(root, ...name.split('/'), ...path);
  return {
    names: async () => (await namesUnder(root, '')).sort(),
    hasBlob: (name, digest) => exists(place(name, '_blobs', hex(digest))),
    addBlob: (name, digest) => mark(place(name, '_blobs', hex(digest)), ''),
    removeBlob: (name, digest) => remove(place(name, '_blobs'), hex(digest)),
    mediaType: (name, digest) => text(place(name, '_manifests', hex(digest))),
    addManifest: (name, digest, mediaType) => mark(place(name, '_manifests', hex(digest)), mediaType),
    async removeManifest(name, digest) {
      for (const tag of (await ifThere(readdir(place(name, '_tags')))) ?? []) {
        if ((await text(place(name, '_tags', tag))) === digest) await remove(place(name, '_tags'), tag);
      }
      return await remove(place(name, '_manifests'), hex(digest));
    },
    tag: (name, tag) => text(place(name, '_tags', tag)),
    setTag: (name, tag, digest) => mark(place(name, '_tags', tag), digest),
    removeTag: (name, tag) => remove(place(name, '_tags'), tag),
    async tags(name) {
      const tags = await ifThere(readdir(place(name, '_tags')));
      return tags?.sort() ?? ((await exists(place(name, '_manifests'))) ? [] : undefined);
    },
    addReferrer: (name, subject, referrer) =>
      mark(place(name, '_referrers', hex(subject), hex(referrer)), ''),
    async referrers(name, subject) {
      const found = await ifThere(readdir(place(name, '_referrers', hex(subject))));
      return (found ?? []).sort().map(hex => `sha256:${hex}`);
    },
  };

  /** Nothing is written where it says so already. */
  async function mark(path: string, content: string): Promise<void> {
    if ((await text(path)) !== content) await writeDurably(path, content, { drafts });
  }
}

async function remove(folder: string, name: string): Promise<boolean> {
  const removed = await ifThere(rm(join(folder, name)).then(() => true));
  if (removed) await syncFolder(folder);
  return removed ?? false;
}

async function exists(path: string): Promise<boolean> {
  return (await ifThere(stat(path))) !== undefined;
}

async function text(path: string): Promise<string | undefined> {
  return await ifThere(readFile(path, 'utf8'));
}

async function namesUnder(root: string, name: string): Promise<string[]> {
  const folders = (await ifThere(readdir(join(root, name)))) ?? [];
  const parts = folders.filter(folder => !folder.startsWith('_'));
  const below = await Promise.all(
    parts.map(part => namesUnder(root, name === '' ? part : `${name}/${part}`)),
  );
  return [...(folders.includes('_manifests') ? [name] : []), ...below.flat()];
}

function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
