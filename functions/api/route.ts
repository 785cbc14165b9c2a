import { z } from 'zod';
import type { ProblemStatus } from '../../shared/domain/problem.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/ports/http.ts';
import { type BadParameter, badParameters } from './problem.ts';

type Parameters = z.ZodObject<Record<string, z.ZodType>>;

/** One operation of the API: what the OpenAPI document says of it, and what does it, are the same value. */
export type Route = {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`, with `{name}` for a path parameter. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly pathParameters: Parameters;
  readonly queryParameters: Parameters;
  /** What is sent as JSON, where something is. */
  readonly body?: Parameters;
  readonly answer: Answer<z.ZodType>;
  /** Which problems it answers, besides those that every route has. */
  readonly problems: readonly ProblemStatus[];
  readonly handle: (raw: RawRequest) => Promise<HttpAnswer>;
};
export type RawRequest = {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  readonly signal: HttpRequest['signal'];
};

type Answer<A extends z.ZodType> = {
  readonly status: 200 | 202;
  readonly schema: A;
  /** `application/json` when absent. */
  readonly type?: 'text/event-stream' | 'text/plain; charset=utf-8';
};
type Definition<P extends Parameters, Q extends Parameters, A extends z.ZodType, B extends Parameters> = Omit<
  Route,
  'pathParameters' | 'queryParameters' | 'body' | 'answer' | 'problems' | 'handle'
> & {
  readonly pathParameters: P;
  readonly queryParameters: Q;
  readonly body?: B;
  readonly answer: Answer<A>;
  readonly problems?: readonly ProblemStatus[];
  readonly handle: (request: Checked<P, Q, B>) => Promise<z.input<A> | HttpAnswer>;
};
type Checked<P extends Parameters, Q extends Parameters, B extends Parameters> = {
  readonly path: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly signal: HttpRequest['signal'];
};

/** The parameters of a route that takes none. */
export const nothing = z.strictObject({});

/**
 * A route whose handler gets parameters that were checked, and gives the document to answer with, or a whole
 * answer (a problem, a stream). Parameters that are wrong, unknown or doubled are a 400 that names them.
 */
export function defineRoute<
  P extends Parameters,
  Q extends Parameters,
  A extends z.ZodType,
  B extends Parameters = z.ZodObject<Record<never, never>>,
>(definition: Definition<P, Q, A, B>): Route {
  const { pathParameters, queryParameters, body: bodySchema, answer, problems = [], handle } = definition;
  return {
    ...definition,
    problems,
    handle: async ({ path, query, body, signal }) => {
      const inPath = pathParameters.safeParse(path);
      const inQuery = queryParameters.safeParse(Object.fromEntries(query));
      // A route that takes no body does not look at what was sent.
      const inBody = (bodySchema ?? z.object({})).safeParse(bodySchema === undefined ? {} : jsonOf(body));
      const errors = [inPath.error, inQuery.error, inBody.error];
      const mistakes = [...errors.flatMap(mistakesOf), ...doubled(query)];
      if (!inPath.success || !inQuery.success || !inBody.success || mistakes.length > 0)
        return badParameters(mistakes);
      const checked = { path: inPath.data, query: inQuery.data, body: inBody.data as z.output<B> };
      const given = await handle({ ...checked, signal });
      return isAnswer(given) ? given : json(answer.status, given);
    },
  };
}

export function json(status: number, value: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** The value that is sent, `{}` where nothing is; nothing where it is no JSON, which no schema of a body takes. */
function jsonOf(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** Answers are told from documents by their status: no document of the API has a numeric one. */
function isAnswer(given: unknown): given is HttpAnswer {
  return typeof given === 'object' && given !== null && 'status' in given && typeof given.status === 'number';
}

function mistakesOf(error: z.ZodError | undefined): BadParameter[] {
  return (error?.issues ?? []).flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(name => ({ name, message: 'expected no such parameter' }))
      : [{ name: issue.path.join('.') || 'body', message: issue.message }],
  );
}

function doubled(query: URLSearchParams): BadParameter[] {
  const names = [...new Set(query.keys())].filter(name => query.getAll(name).length > 1);
  return names.map(name => ({ name, message: 'expected it once' }));
}
