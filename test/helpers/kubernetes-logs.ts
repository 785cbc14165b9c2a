import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import type { Call, Cluster } from '../../shared/adapters/kubernetes/cluster.ts';

const LOG = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/;

/**
 * Reads through the API server; where that does not find its own node by name, as on a machine without a DNS of its
 * own, a log is read from the node's kubelet, whom the API server would ask the same.
 */
export function readingLogs(cluster: Cluster): Cluster['read'] {
  return async call => {
    try {
      return await cluster.read(call);
    } catch (error) {
      if (!(error instanceof Error && /no such host/.test(error.message))) throw error;
      return await fromKubelet(call);
    }
  };
}

async function fromKubelet({ path, query = {}, signal }: Call): Promise<AsyncIterable<Uint8Array>> {
  const [, namespace, pod] = LOG.exec(path) ?? [];
  const { container = '', ...rest } = query;
  const url = new URL(`https://127.0.0.1:10250/containerLogs/${namespace}/${pod}/${container}`);
  for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, value);
  const request = get(url, { rejectUnauthorized: false, ...(signal && { signal }) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode === 200) return response;
  throw new Error(`The kubelet answered ${response.statusCode}`);
}
