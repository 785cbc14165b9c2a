import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import type { AccessToken } from '../google/access-token.ts';
import type { Http } from '../http/http.ts';
import type { Connection } from './kubeconfig.ts';

type Options = {
  readonly token: AccessToken;
  readonly http: Http;
  /** Of Google's Kubernetes Engine API. */
  readonly endpoint?: string | undefined;
};

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#Cluster */
const Cluster = z.object({
  endpoint: z.string().min(1),
  masterAuth: z.object({ clusterCaCertificate: z.string().min(1) }),
});
const DEADLINE = 10_000;

/**
 * A cluster of Google Kubernetes Engine, by `projects/PROJECT/locations/LOCATION/clusters/CLUSTER`: its address and
 * authority are looked up, and the Google account that headway runs as is who it is there.
 *
 * @throws {Error} with a sentence when Google does not tell.
 */
export async function lookUpGke(name: string, options: Options): Promise<Connection> {
  const { token, http, endpoint = 'https://container.googleapis.com' } = options;
  const response = await http({
    method: 'GET',
    url: new URL(`/v1/${name}`, endpoint),
    headers: { authorization: `Bearer ${await token()}` },
    deadline: DEADLINE,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot look up cluster "${name}" at Google: ${why(response.status)}`);
  const cluster = Cluster.parse(JSON.parse(text));
  const config = new KubeConfig();
  const server = `https://${cluster.endpoint}`;
  config.loadFromClusterAndUser(
    { name, server, caData: cluster.masterAuth.clusterCaCertificate, skipTLSVerify: false },
    { name: 'google' },
  );
  return { config, server, token };
}

function why(status: number): string {
  if (status === 403) return 'denied; grant the account roles/container.clusterViewer and enable the API';
  if (status === 404) return 'there is none of this name; correct gke of the target';
  return `it answered ${status}; try again later`;
}
