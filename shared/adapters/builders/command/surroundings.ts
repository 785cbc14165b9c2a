import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../../ports/builder.ts';
import { serverAddress } from '../../docker/registry-login.ts';
import { type CredentialsFor, TOKEN_USER } from '../../registry/credentials.ts';
import { baseRegistries } from '../docker/base-registries.ts';

export type Surroundings = {
  readonly variables: Readonly<Record<string, string>>;
  /** Where the program may write the digest of what it pushed. */
  readonly digestFile: string;
  /** What must not be shown. */
  readonly hidden: readonly string[];
};

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
const REVISION = 'org.opencontainers.image.revision';

/**
 * What a program gets to know of an order: variables, and files in a folder that is private and goes away.
 *
 * - `HEADWAY_IMAGE`: what to push to, with its tag. `HEADWAY_COMMIT`, `HEADWAY_CONTEXT` (where it runs),
 *   `HEADWAY_DOCKERFILE` (relative to that), `HEADWAY_PLATFORM` (empty for any), `HEADWAY_CACHE_FROM` (references
 *   with blanks between them), `SOURCE_DATE_EPOCH` (https://reproducible-builds.org/specs/source-date-epoch/)
 * - `HEADWAY_ARG_NAME` for each build argument; `HEADWAY_ARGS` and `HEADWAY_LABELS`: files of lines `NAME=VALUE`
 * - `HEADWAY_SECRETS`: a folder with a file for each, by its name
 * - `HEADWAY_DIGEST_FILE`: where it may write the digest of what it pushed
 * - `DOCKER_CONFIG` (a folder) and `REGISTRY_AUTH_FILE`: the logins, as Docker's and as Podman's tools find them
 */
export async function writeSurroundings(
  order: BuildOrder,
  { folder, credentials }: { readonly folder: string; readonly credentials: CredentialsFor },
): Promise<Surroundings> {
  const {
    image,
    context,
    dockerfile,
    args,
    labels,
    epoch,
    platform = '',
    secrets = {},
    cacheFrom = [],
  } = order;
  const at = (...path: string[]) => join(folder, ...path);
  for (const name of ['secrets', 'docker']) await mkdir(at(name), { mode: 0o700 });
  const write = (path: string, text: string) => writeFile(path, text, { mode: 0o600 });
  for (const [name, value] of Object.entries(secrets)) await write(at('secrets', fileName(name)), value);
  await write(at('args'), linesOf(args));
  await write(at('labels'), linesOf(labels));
  const { auths, passwords } = await loginsFor(order, credentials);
  await write(at('docker', 'config.json'), JSON.stringify({ auths }));
  return {
    variables: {
      ...Object.fromEntries(Object.entries(args).map(([name, value]) => [`HEADWAY_ARG_${name}`, value])),
      HEADWAY_IMAGE: formatImageReference(image),
      HEADWAY_COMMIT: labels[REVISION] ?? image.tag ?? '',
      HEADWAY_CONTEXT: context,
      HEADWAY_DOCKERFILE: dockerfile,
      HEADWAY_PLATFORM: platform,
      HEADWAY_CACHE_FROM: cacheFrom.map(formatImageReference).join(' '),
      HEADWAY_ARGS: at('args'),
      HEADWAY_LABELS: at('labels'),
      HEADWAY_SECRETS: at('secrets'),
      HEADWAY_DIGEST_FILE: at('digest'),
      DOCKER_CONFIG: at('docker'),
      REGISTRY_AUTH_FILE: at('docker', 'config.json'),
      SOURCE_DATE_EPOCH: String(Math.floor(epoch / 1000)),
    },
    digestFile: at('digest'),
    hidden: [...Object.values(secrets), ...passwords].filter(value => value !== ''),
  };
}

/** Such files know no line feed within a value. */
function linesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    .join('');
}

function fileName(secret: string): string {
  if (/^\w[\w.-]*$/.test(secret)) return secret;
  throw new BuildFailure(`Cannot build: ${JSON.stringify(secret)} is no name for a secret; give it another`);
}

/**
 * For the registry that is pushed to, and all that a build may pull from, as far as its Dockerfile tells, in the
 * form of https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties
 */
async function loginsFor(
  { image, context, dockerfile, args, cacheFrom = [] }: BuildOrder,
  credentials: CredentialsFor,
) {
  const text = await readFile(join(context, dockerfile), 'utf8').catch(() => '');
  const named = [image, ...cacheFrom].map(({ registry }) => registry);
  const auths: Record<string, object> = {};
  const passwords: string[] = [];
  for (const registry of new Set([...named, ...baseRegistries(text, args)])) {
    const login = await credentials(registry);
    if (login === undefined) continue;
    const { username, password } = login;
    const isToken = username === TOKEN_USER;
    const auth = Buffer.from(`${username}:${isToken ? '' : password}`).toString('base64');
    auths[serverAddress(registry)] = { auth, ...(isToken && { identitytoken: password }) };
    passwords.push(password);
  }
  return { auths, passwords };
}
