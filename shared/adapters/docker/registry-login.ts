import type { AuthConfigObject, RegistryConfig } from 'dockerode';
import { type Credentials, type CredentialsFor, TOKEN_USER } from '../registry/credentials.ts';

/**
 * What the engine shows to the registry. Never nothing: the engine refuses a push without the header.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#section/Authentication
 */
export function registryAuth(registry: string, login: Credentials | undefined): AuthConfigObject {
  const serveraddress = serverAddress(registry);
  if (login?.username === TOKEN_USER) return { identitytoken: login.password, serveraddress };
  return { ...login, serveraddress };
}

/** The logins for everything that a build may pull, by the names under which the engine looks them up. */
export async function registryConfig(
  registries: ReadonlySet<string>,
  credentials: CredentialsFor,
): Promise<RegistryConfig> {
  const config: Record<string, AuthConfigObject> = {};
  for (const registry of registries) {
    const login = await credentials(registry);
    if (login !== undefined) config[serverAddress(registry)] = registryAuth(registry, login);
  }
  return config as RegistryConfig;
}

/** Docker Hub's login is kept under the address of its first API. */
export function serverAddress(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}
