import { parseImageReference } from '../../../domain/names/image-reference.ts';
import type { BuildOrder } from '../../../ports/builder.ts';
import { type CredentialsFor, TOKEN_USER } from '../../registry/credentials.ts';
import { baseRegistries } from '../docker/base-registries.ts';
import type { SentOrder } from '../order-artifact/send-order.ts';

/** The keys of the one secret: logins, the pod's variables and the build's secrets. */
export const KEYS = {
  logins: '.dockerconfigjson',
  variable: (name: string) => `variable.${name}`,
  secret: (name: string) => `secret.${name}`,
} as const;

type Secret = {
  readonly name: string;
  /** Whose it is. */
  readonly job: { readonly name: string; readonly uid: string };
  readonly order: BuildOrder;
  readonly sent: SentOrder;
  /** That the pod runs. */
  readonly image: string;
  readonly credentials: CredentialsFor;
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * Goes with its job. Only the logins that this build needs are in it.
 * https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets
 */
export async function secretManifest({ name, job, order, sent, image, credentials, environment }: Secret) {
  const hosts = new Set([order.image.registry, ...baseRegistries(sent.dockerfile, order.args)]);
  const own = parseImageReference(image);
  if (own !== undefined) hosts.add(own.registry);
  const logins = JSON.stringify({ auths: await loginsFor(hosts, credentials) });
  const data = [
    [KEYS.logins, logins],
    ...Object.entries(environment).map(([key, value]) => [KEYS.variable(key), value]),
    ...Object.entries(order.secrets ?? {}).map(([key, value]) => [KEYS.secret(key), value]),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/managed-by': 'headway' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', ...job }],
    },
    stringData: Object.fromEntries(data),
  };
}

async function loginsFor(hosts: ReadonlySet<string>, credentials: CredentialsFor) {
  const logins: Record<string, object> = {};
  for (const host of hosts) {
    const login = await credentials(host);
    if (login === undefined) continue;
    const key = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
    const { username, password } = login;
    logins[key] =
      username === TOKEN_USER
        ? { identitytoken: password }
        : { auth: Buffer.from(`${username}:${password}`).toString('base64') };
  }
  return logins;
}
