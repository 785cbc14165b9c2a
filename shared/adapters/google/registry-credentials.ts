import { RegistryError } from '../../ports/registry-error.ts';
import type { CredentialsFor } from '../registry/credentials.ts';
import { type AccessToken, NoGoogleCredentials } from './access-token.ts';

/** Artifact Registry's hosts, and those of Container Registry, which it took over. */
const HOSTS = /^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:(?:us|eu|asia)\.)?gcr\.io)$/;

/**
 * Logins for Google's registries and for no other host: an access token as password.
 * https://cloud.google.com/artifact-registry/docs/docker/authentication#token
 *
 * Nothing where this machine has no Google credentials: public images are free to read.
 *
 * @throws {RegistryError} when there are credentials, but no token for them.
 */
export function createGoogleRegistryCredentials({ token }: { readonly token: AccessToken }): CredentialsFor {
  return async registryHost => {
    if (!HOSTS.test(registryHost)) return undefined;
    try {
      return { username: 'oauth2accesstoken', password: await token() };
    } catch (error) {
      if (error instanceof NoGoogleCredentials) return undefined;
      const reason = error instanceof Error ? error.message : String(error);
      throw new RegistryError(`Cannot get credentials for "${registryHost}": ${reason}`, {
        temporary: true,
        cause: error,
      });
    }
  };
}
