/** What a registry knows its user by. */
export type Credentials = { readonly username: string; readonly password: string };

/** Who headway is at a registry, by host with port (Docker Hub is `docker.io`); nothing for nobody in particular. */
export type CredentialsFor = (registryHost: string) => Promise<Credentials | undefined>;

/**
 * The user name with which Docker's credential helpers mark the password as an identity token, to be exchanged.
 * https://github.com/docker/docker-credential-helpers/blob/v0.8.2/credentials/credentials.go
 */
export const TOKEN_USER = '<token>';

/** The `Authorization` header of RFC 7617. */
export function basicHeader({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
