import { Readable } from 'node:stream';
import { IsomorphicFetchHttpLibrary, PatchStrategy, RequestContext } from '@kubernetes/client-node';
import { retryAfterOf, retrying } from '../http/retries.ts';
import { ApiRefusal, judgeBlip, refusalText } from './failures.ts';
import type { Connection } from './kubeconfig.ts';

export type Call = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** A PATCH is a strategic merge patch. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
};

/** The API server of one cluster. */
export interface Cluster {
  /** For people: its URL once it is known, else where that is looked up. */
  readonly address: string;
  /**
   * The answer's JSON. What may pass in a moment is tried again.
   *
   * @throws {ApiRefusal} for an answer that is not of 2xx; what `fetch` throws when there is none.
   */
  ask(call: Call): Promise<unknown>;
  /** The answer's bytes as they come, for as long as they do: a log that is followed. Asked once. @throws as `ask`. */
  read(call: Call): Promise<AsyncIterable<Uint8Array>>;
}

type Options = {
  /** Finds out how the cluster is reached; again after it could not be. */
  readonly connect: () => Promise<Connection>;
  readonly address: string;
  /** Milliseconds that one answer may take. */
  readonly patience: number;
};
type Reached = Connection & { dispatcher?: ReturnType<RequestContext['getDispatcher']> };

export function createCluster({ connect, address, patience }: Options): Cluster {
  const http = new IsomorphicFetchHttpLibrary();
  let reached: Promise<Reached> | undefined;
  let server: string | undefined;

  return {
    get address() {
      return server ?? address;
    },
    ask: call => retrying(() => attempt(call, askOnce), { judge: judgeBlip, signal: call.signal }),
    read: call => attempt(call, readOnce),
  };

  async function attempt<T>(call: Call, send: (connection: Reached, call: Call) => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted();
    reached ??= connect();
    try {
      const connection = await reached;
      server = connection.server;
      return await send(connection, call);
    } catch (error) {
      // Whoever it was may have moved or have new credentials.
      if (!(error instanceof ApiRefusal) || error.status === 401) reached = undefined;
      if (call.signal?.aborted) throw call.signal.reason;
      throw error;
    }
  }

  async function askOnce(connection: Reached, call: Call): Promise<unknown> {
    const timeout = AbortSignal.timeout(patience);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
    const { body } = await send(connection, call, signal);
    return JSON.parse(await body.text());
  }

  async function readOnce(connection: Reached, call: Call): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await send(connection, call, call.signal);
    return body.stream() ?? Readable.from([]);
  }

  async function send(connection: Reached, call: Call, signal: AbortSignal | undefined) {
    const context = await contextOf(connection, call);
    if (signal !== undefined) context.setSignal(signal);
    const response = await http.send(context).toPromise();
    if (response.httpStatusCode >= 200 && response.httpStatusCode < 300) return response;
    const headers = { get: (name: string) => response.headers[name] ?? null };
    const text = await response.body.text();
    throw new ApiRefusal(response.httpStatusCode, refusalText(text), retryAfterOf(headers));
  }
}

async function contextOf(connection: Reached, { method, path, query = {}, body }: Call) {
  const url = new URL(`${connection.server.replace(/\/$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const context = new RequestContext(url.href, method);
  await connection.config.applySecurityAuthentication(context);
  if (connection.token !== undefined) {
    context.setHeaderParam('authorization', `Bearer ${await connection.token()}`);
  }
  // The client makes a dispatcher for each request; connections are kept open by keeping the first.
  connection.dispatcher ??= context.getDispatcher();
  if (connection.dispatcher !== undefined) context.setDispatcher(connection.dispatcher);
  context.setHeaderParam('accept', 'application/json');
  if (body !== undefined) {
    const type = method === 'PATCH' ? PatchStrategy.StrategicMergePatch : 'application/json';
    context.setHeaderParam('content-type', type);
    context.setBody(JSON.stringify(body));
  }
  return context;
}
