import type { AccessToken } from '../google/access-token.ts';
import { createHttp } from '../http/http.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { lookUpGke } from './gke.ts';
import { readKubeconfig } from './kubeconfig.ts';

type Options = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** `projects/PROJECT/locations/LOCATION/clusters/CLUSTER` of Google Kubernetes Engine. */
  readonly gke?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Who headway is at Google; asked only for `gke`. */
  readonly token: AccessToken;
  /** Milliseconds that one answer may take. */
  readonly patience?: number | undefined;
};

/** The cluster of a target. It is looked for when it is first asked something, and again after it did not answer. */
export function connectCluster(options: Options): Cluster {
  const { gke, kubeconfig, context, environment, token, patience = 10_000 } = options;
  if (gke === undefined) {
    const connect = async () => readKubeconfig({ kubeconfig, context }, environment);
    return createCluster({ connect, address: kubeconfig ?? 'the usual kubeconfig', patience });
  }
  const http = createHttp({ userAgent: 'headway' });
  return createCluster({ connect: () => lookUpGke(gke, { token, http }), address: gke, patience });
}
