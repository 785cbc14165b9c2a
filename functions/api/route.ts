import type { z } from 'zod';
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
  readonly answer: Answer<z.ZodType>;
  /** Which problems it answers, besides those that every route has. */
  readonly problems: readonly ProblemStatus[];
  readonly handle: (raw: RawRequest) => Promise<HttpAnswer>;
};
export type RawRequest = {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly signal: HttpRequest['signal'];
};

type Answer<A extends z.ZodType> = {
  readonly status: 200 | 202;
  readonly schema: A;
  /** `application/json` when absent. */
  readonly type?: 'text/event-stream';
};
type Definition<P extends Parameters, Q extends Parameters, A extends z.ZodType> = Omit<
  Route,
  'pathParameters' | 'queryParameters' | 'answer' | 'problems' | 'handle'
> & {
  readonly pathParameters: P;
  readonly queryParameters: Q;
  readonly answer: Answer<A>;
  readonly problems?: readonly ProblemStatus[];
  readonly handle: (request: Checked<P, Q>) => Promise<z.input<A> | HttpAnswer>;
};
type Checked<P extends Parameters, Q extends Parameters> = {
  readonly path: z.output<P>;
  readonly query: z.output<Q>;
  readonly signal: HttpRequest['signal'];
};

/**
 * A route whose handler gets parameters that were checked, and gives the document to answer with, or a whole
 * answer (a problem, a stream). Parameters that are wrong, unknown or doubled are a 400 that names them.
 */
export function defineRoute<P extends Parameters, Q extends Parameters, A extends z.ZodType>(
  definition: Definition<P, Q, A>,
): Route {
  const { pathParameters, queryParameters, answer, problems = [], handle } = definition;
  return {
    ...definition,
    problems,
    handle: async ({ path, query, signal }) => {
      const inPath = pathParameters.safeParse(path);
      const inQuery = queryParameters.safeParse(Object.fromEntries(query));
      const mistakes = [...mistakesOf(inPath.error), ...mistakesOf(inQuery.error), ...doubled(query)];
      if (!inPath.success || !inQuery.success || mistakes.length > 0) return badParameters(mistakes);
      const given = await handle({ path: inPath.data, query: inQuery.data, signal });
      return isAnswer(given) ? given : json(answer.status, given);
    },
  };
}

export function json(status: number, value: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Answers are told from documents by their status: no document of the API has a numeric one. */
function isAnswer(given: unknown): given is HttpAnswer {
  return typeof given === 'object' && given !== null && 'status' in given && typeof given.status === 'number';
}

function mistakesOf(error: z.ZodError | undefined): BadParameter[] {
  return (error?.issues ?? []).flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(name => ({ name, message: 'expected no such parameter' }))
      : [{ name: issue.path.join('.'), message: issue.message }],
  );
}

function doubled(query: URLSearchParams): BadParameter[] {
  const names = [...new Set(query.keys())].filter(name => query.getAll(name).length > 1);
  return names.map(name => ({ name, message: 'expected it once' }));
}
