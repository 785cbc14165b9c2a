import type { z } from 'zod';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { bytesOf, discard, type Response } from '../../http/http.ts';
import { failure, shown, textOf, wordsOf } from './failures.ts';
import type { Authorization, Question } from './question.ts';
import type { Send } from './send.ts';

export type Ask = {
  /** `read commit 1234`; what it is about is added. */
  readonly doing: string;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Behind the API's base, its parts percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly transfer?: boolean;
  /** The statuses that say that it is not there; 404 and 422 when absent. */
  readonly absent?: readonly number[];
  /** Where an answer may be about something else, which is as good as not there. */
  readonly isIt?: (headers: Response['headers']) => boolean;
};

/** What is asked of one repository of a forge. Each throws what {@link Send} throws. */
export type Connection = {
  /** The document, checked, with the answer's headers; or that it is not there, and what was said about that. */
  json<T>(ask: Ask, schema: z.ZodType<T>): Promise<Found<T> | Absent>;
  /** The answer, its body not yet read; nothing when it is not there. */
  raw(ask: Ask): Promise<Response | undefined>;
  /** The whole body; nothing when it is not there. */
  bytes(ask: Ask): Promise<Uint8Array | undefined>;
};
export type Found<T> = { readonly found: T; readonly headers: Response['headers'] };
export type Absent = { readonly found: undefined; readonly status: number; readonly words: string };

export type Place = {
  readonly base: string;
  readonly authorization: Authorization;
  readonly headers?: Readonly<Record<string, string>>;
  /** What follows in a message on what was tried: `of repo "app"`. */
  readonly about: string;
  readonly advise: Question['advise'];
};

const ABSENT = [404, 422];

export function createConnection(send: Send, place: Place): Connection {
  const { base, authorization, about, advise } = place;

  function questionOf(ask: Ask): Question {
    const { doing, path, query = [], body, absent = ABSENT } = ask;
    const url = new URL(`${base}/${path}`);
    const pairs = Array.isArray(query) ? query : Object.entries(query);
    for (const [name, value] of pairs) url.searchParams.append(name, value);
    return {
      ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
      doing: `${doing} ${about}`,
      method: ask.method ?? 'GET',
      url,
      headers: {
        ...place.headers,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...ask.headers,
      },
      authorization,
      expects: [200, ...(ask.method === 'POST' ? [201] : []), ...absent],
      transfer: ask.transfer ?? false,
      advise,
    };
  }

  return {
    async json(ask, schema) {
      const question = questionOf(ask);
      const response = await send(question);
      if (response.ok) {
        return { found: await documentOf(question, { response, schema }), headers: response.headers };
      }
      return { found: undefined, status: response.status, words: wordsOf(await textOf(response)) };
    },
    async raw(ask) {
      const response = await send(questionOf(ask));
      if (response.ok) return response;
      await discard(response);
      return undefined;
    },
    async bytes(ask) {
      const question = questionOf({ ...ask, transfer: true });
      const response = await send(question);
      const bytes = await bytesOf(response).catch(error => {
        throw failure(question, error);
      });
      return response.ok && (ask.isIt?.(response.headers) ?? true) ? bytes : undefined;
    },
  };
}

/** Each part of a path, percent-encoded. */
export function encodeParts(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Gitiles puts a line before its JSON that keeps browsers from running it. */
async function documentOf<T>(
  question: Question,
  { response, schema }: { readonly response: Response; readonly schema: z.ZodType<T> },
): Promise<T> {
  const bytes = await bytesOf(response).catch(error => {
    throw failure(question, error);
  });
  const text = new TextDecoder().decode(bytes).replace(/^\)\]\}'\n/, '');
  const read = schema.safeParse(parsed(text));
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  throw new PermanentError(
    `Cannot ${question.doing}: ${shown(response.url)} did not answer as its API does${where === '' ? '' : ` ("${where}")`}; check the address of the API`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
