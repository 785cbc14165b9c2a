import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError, exitCodes } from './command.ts';

export type ApiClient = {
  readonly url: string;
  /** @throws {CommandError} with the API's own words. */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post<T>(path: string, schema: z.ZodType<T>): Promise<T>;
};

const Address = z.object({ url: z.string() });
const ProblemDetail = z.object({ title: z.string(), detail: z.string().optional() });

/**
 * The API of the headway that serves this folder: `--url`, else `HEADWAY_URL`, else what the running host wrote
 * into its state folder, with the token that lies beside it (`HEADWAY_TOKEN` for a host elsewhere).
 */
export function createApiClient({ url, folder }: { url?: string | undefined; folder: string }): ApiClient {
  const state = [join(folder, '.headway'), join(folder, '.headway', 'sample')].find(path =>
    existsSync(join(path, 'address.json')),
  );
  const base = url ?? process.env['HEADWAY_URL'] ?? (state === undefined ? undefined : addressIn(state));
  if (base === undefined) {
    throw new CommandError(
      'Cannot find a running headway here; start one with "headway up", or name it with --url',
      exitCodes.unreachable,
    );
  }
  const token = process.env['HEADWAY_TOKEN'] ?? (state === undefined ? undefined : tokenIn(state));
  const call = async <T>(method: string, path: string, schema: z.ZodType<T>): Promise<T> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await send(new URL(`/api/v1/${path}`, base), { method, headers });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return schema.parse(body);
    const problem = ProblemDetail.safeParse(body);
    const detail = problem.data?.detail ?? problem.data?.title ?? response.statusText;
    throw new CommandError(`${base} answered ${response.status}: ${detail}`, exitCodes.failed);
  };
  return {
    url: base,
    get: (path, schema) => call('GET', path, schema),
    post: (path, schema) => call('POST', path, schema),
  };
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    const message = `No headway answers at ${url.origin}; start one with "headway up", or name another with --url`;
    throw new CommandError(message, exitCodes.unreachable);
  }
}

function addressIn(state: string): string {
  return Address.parse(JSON.parse(readFileSync(join(state, 'address.json'), 'utf8'))).url;
}

function tokenIn(state: string): string | undefined {
  const file = join(state, 'token');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
