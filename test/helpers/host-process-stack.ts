import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { Promoted } from '../../functions/api/answers.ts';
import { createApiClient } from '../../infra/cli/api-client.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import { temporaryFolder } from './git-repository.ts';
import { freePort, type HeadwayProcess, startHeadway } from './host-process.ts';
import { serveHttp } from './serve-http.ts';
import { push, smallImage } from './small-image.ts';

const client = createRegistryClient({ credentials: async () => undefined });

/** Called for each request that headway sends to the registry, before it gets there and once it was answered. */
export type OnRequest = (moment: 'before' | 'answered') => void;

/** A folder with a `headway.yaml` over a stack of images in a real registry, for hosts that are started in it again and again. */
export type HostStack = {
  start(): HeadwayProcess;
  push(tag: string): Promise<void>;
  /** What a tag of each image names in the registry, asked without headway. */
  named(tag: string): Promise<(string | undefined)[]>;
  listen(onRequest: OnRequest | undefined): void;
  /** The registry refuses to move the tags of this image. */
  refuse(image: string | undefined): void;
  /** @returns its number. */
  promote(from: string, to: string): Promise<number>;
  undo(number: number): Promise<number>;
  /** The promotion once nothing more comes of it. */
  ended(number: number): Promise<Promotion>;
};

export async function createHostStack(
  t: ExecutionContext,
  { images, registry }: { readonly images: readonly string[]; readonly registry: string },
): Promise<HostStack> {
  const cwd = await temporaryFolder(t);
  const port = await freePort();
  const folder = `headway-test/${randomUUID()}`;
  let onRequest: OnRequest | undefined;
  let refused: string | undefined;
  const between = await serveHttp(t, (request, response) => {
    onRequest?.('before');
    const { method = 'GET', url = '/', headers } = request;
    if (method === 'PUT' && refused !== undefined && url.includes(`/${refused}/manifests/`)) {
      request.resume();
      response.writeHead(403).end();
      return;
    }
    const onwards = send(`http://${registry}${url}`, { method, headers }, answer => {
      onRequest?.('answered');
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    request.pipe(onwards);
  });
  const lines = images.map(
    image => `  ${image}: { repository: ${between}/${folder}/${image}, builder: none }`,
  );
  await writeFile(join(cwd, 'headway.yaml'), `images:\n${lines.join('\n')}\n`);
  const cache = join(cwd, 'compiled');
  await mkdir(cache);
  const at = (image: string, tag: string) => ({ registry, repository: `${folder}/${image}`, tag });
  const api = () => createApiClient({ folder: cwd });
  return {
    start: () =>
      startHeadway(['up'], { cwd, environment: { PORT: String(port), NODE_COMPILE_CACHE: cache } }),
    async push(tag) {
      await Promise.all(
        images.map(image => push(client, at(image, tag), smallImage(`${folder} ${image} ${tag}`))),
      );
    },
    named: tag => Promise.all(images.map(async image => (await client.head(at(image, tag)))?.digest)),
    listen(listener) {
      onRequest = listener;
    },
    refuse(image) {
      refused = image;
    },
    promote: async (from, to) =>
      (await api().post('promotions', Promoted, { from, to, by: 'Ada' })).promotion.number,
    undo: async number =>
      (await api().post(`promotions/${number}/undo`, Promoted, { by: 'Ada' })).promotion.number,
    async ended(number) {
      for (;;) {
        const found = await api().get(`promotions/${number}`, Promotion);
        if (isOver(found)) return found;
        await later(50);
      }
    },
  };
}
