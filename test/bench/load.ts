import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

export type Load = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly clients: number;
  /** What ends it: the first of both. */
  readonly seconds: number;
  readonly requests: number;
};
export type Loaded = {
  readonly perSecond: number;
  /** Milliseconds, of every answer. */
  readonly latencies: readonly number[];
  /** The ids of the deliveries that were answered with a 2xx, and what the others were answered. */
  readonly acknowledged: readonly string[];
  readonly refused: readonly string[];
};

/** Sends one webhook again and again over kept connections, each under a delivery id of its own. */
export async function load({ url, headers, body, clients, seconds, requests }: Load): Promise<Loaded> {
  const latencies: number[] = [];
  const acknowledged: string[] = [];
  const refused: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const start = performance.now();
  let last = start;
  const instance = autocannon(
    {
      url,
      method: 'POST',
      body,
      connections: clients,
      duration: seconds,
      maxOverallRequests: requests,
      requests: [{ setupRequest, onResponse }],
    },
    error => (error ? reject(error) : resolve()),
  );
  instance.on('response', (_client, _status, _bytes, milliseconds) => {
    latencies.push(milliseconds);
    last = performance.now();
  });
  instance.on('reqError', error => refused.push(String(error)));
  await promise;
  return { perSecond: (latencies.length / (last - start)) * 1_000, latencies, acknowledged, refused };

  function setupRequest(request: autocannon.Request, context: { id?: string }): autocannon.Request {
    context.id = randomUUID();
    return { ...request, headers: { ...headers, 'x-github-delivery': context.id } };
  }

  function onResponse(status: number, text: string, { id }: { id?: string }): void {
    if (status >= 200 && status < 300 && id !== undefined) acknowledged.push(id);
    else refused.push(`${status} ${text}`);
  }
}
