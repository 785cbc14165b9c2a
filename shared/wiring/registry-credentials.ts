import { createAccessToken } from '../adapters/google/access-token.ts';
import { createGoogleRegistryCredentials } from '../adapters/google/registry-credentials.ts';
import type { CredentialsFor } from '../adapters/registry/credentials.ts';
import { createDockerCredentials } from '../adapters/registry/docker-credentials.ts';
import type { Configuration } from '../domain/configuration/schema.ts';

type Options = {
  readonly configuration: Configuration;
  readonly secret: (reference: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The embedded registry's host, which takes our own token when it asks for one. */
  readonly own?: { readonly host: string; readonly token: string } | undefined;
};

/** Logins by registry host: our own, the configuration's, else those that `docker login` left, else Google's for its own. */
export function createRegistryCredentials({
  configuration,
  secret,
  environment,
  own,
}: Options): CredentialsFor {
  const docker = createDockerCredentials({ environment });
  const google = createGoogleRegistryCredentials({ token: createAccessToken() });
  return async host => {
    if (host === own?.host) return { username: 'headway', password: own.token };
    const login = configuration.registries[host];
    if (login?.username !== undefined && login.password !== undefined) {
      return { username: login.username, password: secret(login.password) };
    }
    return (await docker(host)) ?? google(host);
  };
}
