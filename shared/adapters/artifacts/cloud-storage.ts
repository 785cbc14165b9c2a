import { z } from 'zod';
import { checkArtifactPath } from '../../domain/results/artifact-path.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import { type AccessToken, createAccessToken } from '../google/access-token.ts';
import { createStorageApi, type StorageAsk } from './storage-api.ts';

export type CloudArtifactsOptions = {
  readonly bucket: string;
  /** What the names of all objects begin with, e.g. `headway/`; nothing by default. */
  readonly prefix?: string;
  readonly token?: AccessToken;
  /** Where Cloud Storage answers. */
  readonly url?: string;
};

const Page = z.object({
  items: z.array(z.object({ name: z.string() })).default([]),
  nextPageToken: z.string().optional(),
});

/**
 * Files as objects of a bucket in Google's Cloud Storage, through its JSON API. An object appears whole or not at all,
 * and is listed at once: https://cloud.google.com/storage/docs/consistency
 */
export function createCloudArtifacts({
  bucket,
  prefix = '',
  token = createAccessToken(),
  url = 'https://storage.googleapis.com',
}: CloudArtifactsOptions): Artifacts {
  const send = createStorageApi({ bucket, token, url });
  const objects = `storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const nameOf = (path: string) => {
    checkArtifactPath(path);
    return `${prefix}${path}`;
  };
  const list = async (folder: string, doing: string) => {
    const names: string[] = [];
    const about = { prefix: `${nameOf(folder)}/`, fields: 'items(name),nextPageToken' };
    for (let next: string | undefined = ''; next !== undefined; ) {
      const query = next === '' ? about : { ...about, pageToken: next };
      const bytes: Uint8Array | undefined = await send({ doing, path: objects, query });
      const page = Page.parse(JSON.parse(new TextDecoder().decode(bytes)));
      names.push(...page.items.map(({ name }) => name));
      next = page.nextPageToken;
    }
    return names;
  };
  return {
    async put(path, content) {
      await send({
        doing: `keep "${path}"`,
        method: 'POST',
        path: `upload/${objects}`,
        query: { uploadType: 'media', name: nameOf(path), fields: 'name' },
        ...bodyOf(content),
        type: typeOf(path),
      });
    },

    async get(path) {
      const object = encodeURIComponent(nameOf(path));
      return await send({ doing: `read "${path}"`, path: `${objects}/${object}`, query: { alt: 'media' } });
    },

    async list(folder) {
      const names = await list(folder, `list "${folder}"`);
      return names.map(name => name.slice(prefix.length)).toSorted();
    },

    async remove(folder) {
      const doing = `remove "${folder}"`;
      for (const name of await list(folder, doing)) {
        await send({ doing, method: 'DELETE', path: `${objects}/${encodeURIComponent(name)}`, query: {} });
      }
    },
  };
}

function bodyOf(content: Parameters<Artifacts['put']>[1]): Pick<StorageAsk, 'body' | 'size'> {
  if (typeof content === 'string') return { body: new TextEncoder().encode(content) };
  return content instanceof Uint8Array ? { body: content } : { body: content.content, size: content.size };
}

/** What a browser shows it as, where somebody looks at the bucket. */
function typeOf(path: string): string {
  if (path.endsWith('.json')) return 'application/json';
  if (path.endsWith('.md')) return 'text/markdown; charset=utf-8';
  return 'text/plain; charset=utf-8';
}
