import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatImageReference } from '../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../ports/builder.ts';
import { serverAddress } from '../docker/registry-login.ts';
import { type CredentialsFor, TOKEN_USER } from '../registry/credentials.ts';
import { baseRegistries } from './docker/base-registries.ts';

/** What a program that builds an image gets to know of an order. */
export type OrderWords = {
  readonly variables: Readonly<Record<string, string>>;
  /** Texts by the paths that the program finds them at. Logins and secrets are among them. */
  readonly files: Readonly<Record<string, string>>;
  /** What must not be shown. */
  readonly hidden: readonly string[];
};

/** Where the program runs and finds its files. */
export type OrderPlaces = {
  /** The build context. */
  readonly context: string;
  /** For the files of this order. */
  readonly folder: string;
  readonly secrets: string;
  readonly digestFile: string;
};

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
const REVISION = 'org.opencontainers.image.revision';

/**
 * An order in variables, and in files that they name:
 *
 * - `HEADWAY_IMAGE`: what to push to, with its tag. `HEADWAY_COMMIT`, `HEADWAY_CONTEXT` (where it runs),
 *   `HEADWAY_DOCKERFILE` (relative to that), `HEADWAY_PLATFORM` (empty for any), `HEADWAY_CACHE_FROM` (references
 *   with blanks between them), `SOURCE_DATE_EPOCH` (https://reproducible-builds.org/specs/source-date-epoch/)
 * - `HEADWAY_ARG_NAME` for each build argument; `HEADWAY_ARGS` and `HEADWAY_LABELS`: files of lines `NAME=VALUE`
 * - `HEADWAY_SECRETS`: a folder with a file for each, by its name
 * - `HEADWAY_DIGEST_FILE`: where it may write the digest of what it pushed
 * - `DOCKER_CONFIG` (a folder) and `REGISTRY_AUTH_FILE`: the logins, as Docker's and as Podman's tools find them
 */
export async function tellOrder(
  order: BuildOrder,
  { places, credentials }: { readonly places: OrderPlaces; readonly credentials: CredentialsFor },
): Promise<OrderWords> {
  const { image, dockerfile, args, labels, epoch, platform = '', secrets = {}, cacheFrom = [] } = order;
  const { context, folder, digestFile } = places;
  const at = (...path: string[]) => join(folder, ...path);
  const { auths, passwords } = await loginsFor(order, credentials);
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
      HEADWAY_SECRETS: places.secrets,
      HEADWAY_DIGEST_FILE: digestFile,
      DOCKER_CONFIG: at('docker'),
      REGISTRY_AUTH_FILE: at('docker', 'config.json'),
      SOURCE_DATE_EPOCH: String(Math.floor(epoch / 1000)),
    },
    files: {
      ...Object.fromEntries(
        Object.entries(secrets).map(([name, value]) => [join(places.secrets, fileName(name)), value]),
      ),
      [at('args')]: linesOf(args),
      [at('labels')]: linesOf(labels),
      [at('docker', 'config.json')]: JSON.stringify({ auths }),
    },
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
