import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError, exitCodes, UsageError } from './command.ts';
import { oneLine } from './text/one-line.ts';

export type ApiClient = {
  readonly url: string;
  /** @throws {CommandError} with the API's own words. */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** Sends the body as JSON, where there is one. */
  post<T>(path: string, schema: z.ZodType<T>, body?: object): Promise<T>;
};

const Address = z.object({ url: z.string() });
const ProblemDetail = z.object({ title: z.string(), detail: z.string().optional() });

/**
 * The API of the headway that serves this folder: `--url`, else `HEADWAY_URL`, else what the running host wrote
 * into its state folder. That host's token lies beside it and goes to no other; for those there is `HEADWAY_TOKEN`.
 */
export function createApiClient({ url, folder }: { url?: string | undefined; folder: string }): ApiClient {
  const here = hostServing(folder);
  const base = url ?? process.env['HEADWAY_URL'] ?? here?.url;
  if (base === undefined) {
    throw new CommandError(
      'Cannot find a running headway here; start one with "headway up", or name it with --url',
      exitCodes.unreachable,
    );
  }
  const { origin } = addressFrom(base);
  const its = here?.url !== undefined && URL.parse(here.url)?.origin === origin ? here.token : undefined;
  const token = process.env['HEADWAY_TOKEN'] ?? its;
  const call = async <T>(
    method: string,
    path: string,
    { schema, body: sent }: { readonly schema: z.ZodType<T>; readonly body?: object | undefined },
  ): Promise<T> => {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token.trim()}` }),
      ...(sent !== undefined && { 'content-type': 'application/json' }),
    };
    const content = sent === undefined ? {} : { body: JSON.stringify(sent) };
    const response = await send(new URL(`/api/v1/${path}`, origin), { method, headers, ...content });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const problem = ProblemDetail.safeParse(body);
      const detail = problem.data?.detail ?? problem.data?.title ?? response.statusText;
      throw new CommandError(`${origin} answered ${response.status}: ${oneLine(detail)}`, exitCodes.failed);
    }
    const answer = schema.safeParse(body);
    if (answer.success) return answer.data;
    const strange = `Cannot understand what ${origin} answered: it is no headway, or one of another version`;
    throw new CommandError(`${strange}; name another with --url`, exitCodes.failed);
  };
  return {
    url: origin,
    get: (path, schema) => call('GET', path, { schema }),
    post: (path, schema, body) => call('POST', path, { schema, body }),
  };
}

function addressFrom(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UsageError(`"${text}" is no address; expected one such as http://127.0.0.1:8080`);
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    const message = `No headway answers at ${url.origin}; start one with "headway up", or name another with --url`;
    throw new CommandError(message, exitCodes.unreachable);
  }
}

/** The host that said so in the folder's state, or in the sample's; nothing where none did. */
function hostServing(
  folder: string,
): { readonly url?: string | undefined; readonly token?: string } | undefined {
  const states = [join(folder, '.headway'), join(folder, '.headway', 'sample')];
  const state = states.find(path => existsSync(join(path, 'address.json')));
  if (state === undefined) return undefined;
  const token = join(state, 'token');
  return {
    url: addressIn(join(state, 'address.json')),
    ...(existsSync(token) && { token: readFileSync(token, 'utf8').trim() }),
  };
}

function addressIn(file: string): string | undefined {
  try {
    return Address.parse(JSON.parse(readFileSync(file, 'utf8'))).url;
  } catch {
    return undefined;
  }
}
