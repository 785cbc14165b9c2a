import { createApi } from '../../../functions/api/handler.ts';
import type { Configuration } from '../../../shared/domain/configuration/schema.ts';
import { signatures } from '../../../shared/runtime/signatures.ts';
import { silentLog as log } from '../silent-log.ts';
import type { CalmLife } from './calm-life.ts';

type Call = { readonly method?: 'GET' | 'POST'; readonly body?: object };

/** Calls the API of a life as somebody with the token, then lets a second pass. */
export async function callApiOf(
  life: CalmLife,
  configuration: Configuration,
  path: string,
  { method = 'POST', body }: Call = {},
) {
  const api = createApi({
    records: life.records,
    configuration,
    hints: { publish: async () => {}, listen: () => async () => {} },
    clock: life.around.clock,
    log,
    signatures,
    token: 'a-token',
    loopback: true,
    version: 'test',
    assets: new Map(),
    artifacts: life.around.artifacts,
    forge: life.around.forge,
  });
  const answer = await api({
    method,
    path: `/api/v1/${path}`,
    query: new URLSearchParams(),
    headers: { host: '127.0.0.1', authorization: 'Bearer a-token', 'content-type': 'application/json' },
    body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
    signal: new AbortController().signal,
  });
  await life.later(1_000);
  const json: Readonly<Record<string, unknown>> = JSON.parse(String(answer.body));
  return { status: answer.status, json, detail: String(json['detail']) };
}
