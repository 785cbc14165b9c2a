import { type ApiOptions, createApi } from '../../functions/api/handler.ts';
import type { Hint } from '../../shared/ports/hints.ts';
import type { HttpAnswer, HttpHandler } from '../../shared/ports/http.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords } from '../../shared/records/records.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { createMemoryDocuments } from './memory-documents.ts';
import { fillSampleState, sampleConfiguration } from './sample-state.ts';
import { silentLog } from './silent-log.ts';

export const NOW = Date.parse('2030-03-01T12:00:00.000Z');
/** What a survey finds where nothing runs. */
const NOTHING_FOUND = {
  at: new Date(NOW).toISOString(),
  complete: true,
  milliseconds: 1,
  lookups: 0,
  findings: [],
  remarks: [],
};

export const TOKEN = 'a-token-of-this-server';

/** The API over the sample's documents in memory, with what was published kept. */
export async function sampleApi(its: Partial<ApiOptions> = {}) {
  const documents = createMemoryDocuments({ queries });
  await fillSampleState(documents, { now: NOW });
  const published: Hint[] = [];
  const records = createRecords(documents);
  const artifacts = createMemoryArtifacts();
  const api = createApi({
    records,
    configuration: sampleConfiguration,
    hints: {
      publish: async hints => {
        published.push(...hints);
      },
      listen: () => async () => {},
    },
    clock: { now: () => NOW },
    log: silentLog,
    signatures,
    token: TOKEN,
    loopback: true,
    version: '1.2.3',
    assets: new Map(),
    artifacts,
    survey: async ({ dryRun }) => ({ ...NOTHING_FOUND, dryRun }),
    ...its,
  });
  return { api, records, documents, published, artifacts };
}

type Call = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
};

/** Calls the handler as a browser on the same machine would. */
export function call(api: HttpHandler, target: string, its: Call = {}): Promise<HttpAnswer> {
  const [path = '', query = ''] = target.split('?');
  return api({
    method: its.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: { host: '127.0.0.1:8080', ...its.headers },
    body: its.body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(its.body)),
    signal: its.signal ?? new AbortController().signal,
  });
}

/** The same, with the answer's JSON. */
export async function callJson(api: HttpHandler, target: string, its: Call = {}) {
  const { status, headers = {}, body } = await call(api, target, its);
  return { status, headers, json: typeof body === 'string' ? JSON.parse(body) : undefined };
}
