import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

/** How a cluster is reached and who headway is there. */
export type Connection = {
  readonly config: KubeConfig;
  /** The API server's URL. */
  readonly server: string;
  /** A bearer token for the next request, where the kubeconfig does not say who headway is. */
  readonly token?: () => Promise<string>;
};

type Settings = { readonly kubeconfig?: string | undefined; readonly context?: string | undefined };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where kubectl would look: the file that is named, `KUBECONFIG` (several are merged), `~/.kube/config`; in a pod
 * without these, its service account. Commands that a kubeconfig names for credentials are run.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 *
 * @throws {Error} with a sentence when there is none of these, or it does not lead to a cluster.
 */
export function readKubeconfig({ kubeconfig, context }: Settings, environment: Environment): Connection {
  const files = kubeconfig === undefined ? usualFiles(environment) : [kubeconfig];
  const config = files.length === 0 ? ofPod(environment) : merged(files);
  if (context !== undefined) config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  const shown = files.join(delimiter);
  if (server !== undefined) return { config, server };
  if (context === undefined) throw new Error(`Cannot use ${shown}: it has no current context; name one`);
  throw new Error(`Cannot use ${shown}: it has no context "${context}"; correct the target's context`);
}

function usualFiles({ KUBECONFIG = '', HOME = '' }: Environment): string[] {
  const named = KUBECONFIG.split(delimiter).filter(file => file !== '');
  if (named.length > 0) return named;
  return [join(HOME, '.kube', 'config')].filter(file => HOME !== '' && existsSync(file));
}

function merged(files: readonly string[]): KubeConfig {
  const config = new KubeConfig();
  files.forEach((file, index) => {
    const next = index === 0 ? config : new KubeConfig();
    try {
      next.loadFromFile(file);
    } catch (error) {
      const state = error instanceof Error && 'code' in error ? 'it cannot be opened' : 'it is no kubeconfig';
      throw new Error(`Cannot read kubeconfig "${file}": ${state}; correct the target's kubeconfig`, {
        cause: error,
      });
    }
    if (next !== config) config.mergeConfig(next, true);
  });
  return config;
}

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

function ofPod({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' }: Environment) {
  if (host === undefined) {
    throw new Error(
      'Cannot find a cluster: there is no kubeconfig and this is no pod; set kubeconfig or gke of the target, or KUBECONFIG',
    );
  }
  const config = new KubeConfig();
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  config.loadFromClusterAndUser(
    { name: 'pod', server, caFile: `${ACCOUNT}/ca.crt`, skipTLSVerify: false },
    { name: 'pod', authProvider: { name: 'tokenFile', config: { tokenFile: `${ACCOUNT}/token` } } },
  );
  return config;
}
