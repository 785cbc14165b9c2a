import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import type { ExecutionContext } from 'ava';
import { type Cluster, createCluster } from '../../shared/adapters/kubernetes/cluster.ts';
import { serveHttp } from './serve-http.ts';

/** One answer: how much of what is left of the log, and how it ends. */
export type LogAnswer = {
  /** Up to and with this text, at its first place; all of it when absent. */
  readonly upTo?: string;
  readonly ends: 'well' | 'broken off' | 'refused';
};
export type ServedLog = {
  readonly cluster: Cluster;
  readonly asked: readonly URL[];
  /** Resolves once it was asked so many times. */
  untilAsked(times: number): Promise<void>;
};
const REFUSAL = { kind: 'Status', message: 'the server is overloaded' };

/**
 * An API server with the log of one pod, answer by answer; the last goes for all that follow. Lines begin with their
 * times where `timestamps` asks for that, and are left out up to the second before `sinceTime`: it is read to the second.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
 *
 * @param log lines as they are stored, each after its time.
 */
export async function serveKubernetesLog(
  t: ExecutionContext,
  log: string,
  answers: readonly LogAnswer[],
): Promise<ServedLog> {
  const asked: URL[] = [];
  const asking = new EventEmitter();
  const origin = await serveHttp(t, (request, response) => {
    const url = new URL(request.url ?? '', 'http://here');
    asked.push(url);
    asking.emit('one');
    const { upTo, ends } = answers[asked.length - 1] ?? answers.at(-1) ?? { ends: 'well' };
    if (ends === 'refused') {
      response.writeHead(400).end(JSON.stringify(REFUSAL));
      return;
    }
    const shown = shownTo(url, log);
    const end = upTo === undefined ? shown.length : shown.indexOf(upTo) + upTo.length;
    send(response, shown.slice(0, end), ends);
  });
  const server = `http://${origin}`;
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'here', server, skipTLSVerify: true }, { name: 'me' });
  const connect = async () => ({ config, server });
  return {
    cluster: createCluster({ connect, address: server, patience: 5_000 }),
    asked,
    async untilAsked(times) {
      while (asked.length < times) await once(asking, 'one');
    },
  };
}

function shownTo({ searchParams }: URL, log: string): string {
  const since = (searchParams.get('sinceTime') ?? '').slice(0, 19);
  const lines = log.split(/(?<=\n)/).filter(line => line.slice(0, 19) >= since);
  if (searchParams.get('timestamps') === 'true') return lines.join('');
  return lines.map(line => line.replace(/^\S+ /, '')).join('');
}

function send(response: ServerResponse, text: string, ends: LogAnswer['ends']): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(text, () => {
    if (ends === 'well') response.end();
    else response.destroy();
  });
}
