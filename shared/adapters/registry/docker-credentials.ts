import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RegistryError } from '../../ports/registry-error.ts';
import { type Credentials, type CredentialsFor, TOKEN_USER } from './credentials.ts';

type Options = {
  /** `DOCKER_CONFIG` (a folder), `HOME` and `PATH` are looked at; helper programs get all of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

const Login = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const DockerConfig = z.object({
  auths: z.record(z.string(), Login).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});
const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });

const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_HOSTS = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);
const HELPER_DEADLINE = 15_000;

/**
 * The logins that `docker login` keeps: a credential helper for the host, else the credentials store, else the file
 * itself; read anew each time, since people log in while headway runs.
 * https://docs.docker.com/reference/cli/docker/login/#credential-stores
 *
 * @throws {RegistryError} when the file cannot be read or a helper program fails.
 */
export function createDockerCredentials({ environment }: Options): CredentialsFor {
  const folder = environment['DOCKER_CONFIG'] || join(environment['HOME'] ?? '/', '.docker');
  const file = join(folder, 'config.json');
  return async registryHost => {
    const config = await readConfig(file, registryHost);
    const helper = entryFor(config.credHelpers, registryHost) ?? config.credsStore;
    const kept = helper && (await askHelper(helper, { registryHost, environment, file }));
    return kept || fromLogin(entryFor(config.auths, registryHost));
  };
}

/**
 * The host that a key of the configuration is for: without scheme and API version, Docker Hub under one name.
 * A key with any other path is for something else than a host.
 */
export function canonicalHost(key: string): string | undefined {
  const [, host] = /^(?:https?:\/\/)?([^/]+)(?:\/(?:v[12]\/?)?)?$/i.exec(key) ?? [];
  if (host === undefined) return undefined;
  const name = host.toLowerCase();
  return HUB_HOSTS.has(name) ? 'docker.io' : name;
}

function entryFor<T>(entries: Record<string, T> | undefined, registryHost: string): T | undefined {
  const wanted = canonicalHost(registryHost);
  return Object.entries(entries ?? {}).find(([key]) => canonicalHost(key) === wanted)?.[1];
}

async function readConfig(file: string, registryHost: string): Promise<z.infer<typeof DockerConfig>> {
  try {
    return DockerConfig.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    // The parser's own message would quote the file, and there are passwords in it.
    throw unusable(registryHost, `"${file}" cannot be read as Docker's configuration; mend or remove it`);
  }
}

function fromLogin(login: z.infer<typeof Login> | undefined): Credentials | undefined {
  if (login === undefined) return undefined;
  if (login.identitytoken) return { username: TOKEN_USER, password: login.identitytoken };
  if (login.username && login.password) return { username: login.username, password: login.password };
  const text = Buffer.from(login.auth ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  // Docker ends some passwords with NUL bytes.
  return colon > 0
    ? { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') }
    : undefined;
}

type Asking = Options & { readonly registryHost: string; readonly file: string };

/** The protocol of https://github.com/docker/docker-credential-helpers#development */
async function askHelper(
  helper: string,
  { registryHost, environment, file }: Asking,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  if (!/^[\w.-]+$/.test(helper)) {
    throw unusable(registryHost, `"${file}" names the helper "${helper}", which is not a name; mend it`);
  }
  const key = canonicalHost(registryHost) === 'docker.io' ? HUB_KEY : registryHost;
  const { error, stdout } = await run(program, { input: key, environment });
  if (error !== null) {
    if (/credentials not found/i.test(stdout)) return undefined;
    const state = error.code === 'ENOENT' ? 'is not on the PATH' : 'failed';
    throw unusable(registryHost, `${program} ${state}; see to it, or take it out of "${file}"`);
  }
  try {
    const { Username, Secret } = HelperAnswer.parse(JSON.parse(stdout));
    return Secret === '' ? undefined : { username: Username, password: Secret };
  } catch {
    throw unusable(registryHost, `the answer of ${program} is not understood; see to it`);
  }
}

type Ran = { readonly error: (Error & { code?: unknown }) | null; readonly stdout: string };
type Running = Options & { readonly input: string };

function run(program: string, { input, environment }: Running): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const options = { env: { ...environment }, timeout: HELPER_DEADLINE, killSignal: 'SIGKILL' } as const;
  const child = execFile(program, ['get'], options, (error, stdout) => resolve({ error, stdout }));
  // A program that is not there, or does not read, breaks the pipe: the callback above tells.
  child.stdin?.on('error', () => {}).end(input);
  return promise;
}

function unusable(registryHost: string, state: string): RegistryError {
  return new RegistryError(`Cannot get credentials for "${registryHost}": ${state}`, { temporary: false });
}
