import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PermanentError } from '../../domain/permanent-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the engine listens, with the folder of its TLS certificates where it asks for them. */
export type EngineAddress =
  | { readonly url: string; readonly socketPath: string }
  | { readonly url: string; readonly host: string; readonly port: number; readonly certificates?: string };

/**
 * `host` if there is one, else `DOCKER_HOST`, else the first of the usual sockets that exists (system, rootless,
 * Docker Desktop). TLS as the docker command has it: `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`.
 * https://docs.docker.com/reference/cli/docker/#environment-variables
 *
 * @throws {PermanentError} for an address that is neither `unix://` nor `tcp://`.
 */
export function engineAddress(host: string | undefined, environment: Environment): EngineAddress {
  const url = host ?? (environment['DOCKER_HOST'] || usualSocket(environment));
  if (url.startsWith('unix:///')) return { url, socketPath: url.slice('unix://'.length) };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'tcp:' || parsed.hostname === '') {
    throw new PermanentError(
      `Cannot use Docker at "${url}": expected unix:///PATH or tcp://HOST:PORT; for ssh, forward the socket and name that`,
    );
  }
  const secure = Boolean(environment['DOCKER_TLS_VERIFY']);
  const certificates = environment['DOCKER_CERT_PATH'] || join(environment['HOME'] ?? '', '.docker');
  return {
    url,
    host: parsed.hostname.replaceAll(/[[\]]/g, ''),
    port: Number(parsed.port || (secure ? 2376 : 2375)),
    ...(secure && { certificates }),
  };
}

function usualSocket(environment: Environment): string {
  const usual = '/var/run/docker.sock';
  const others = [
    environment['XDG_RUNTIME_DIR'] && join(environment['XDG_RUNTIME_DIR'], 'docker.sock'),
    environment['HOME'] && join(environment['HOME'], '.docker/run/docker.sock'),
  ];
  const found = [usual, ...others].find(path => path !== undefined && path !== '' && existsSync(path));
  return `unix://${found ?? usual}`;
}
