import { formatImageReference } from '../../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../../ports/builder.ts';

/** What a configuration says of every build. */
export type BuildSettings = {
  readonly machineType?: string | undefined;
  readonly serviceAccount?: string | undefined;
  /** `gs://BUCKET`. */
  readonly logs?: string | undefined;
  /** Milliseconds after which Cloud Build ends it. */
  readonly timeout: number;
};
/** `projects/P/secrets/NAME/versions/V` of a secret of the image. */
export type SecretVersion = (order: BuildOrder, name: string) => string | undefined;

type Request = BuildSettings & {
  readonly source: { readonly bucket: string; readonly object: string };
  readonly tags: readonly string[];
  readonly secretVersion: SecretVersion;
};

/**
 * The build that an order is: BuildKit in one step, so that secrets stay out of the layers; what is listed under `images`
 * is pushed after it.
 *
 * @throws {BuildFailure} for a secret that Secret Manager does not have.
 */
export function buildRequest(order: BuildOrder, its: Request) {
  const image = formatImageReference(order.image);
  const secrets = secretsOf(order, its.secretVersion);
  return {
    source: { storageSource: its.source },
    steps: [
      {
        id: 'build',
        name: 'gcr.io/cloud-builders/docker',
        args: ['build', ...argumentsOf(order).map(literal), '.'],
        env: ['DOCKER_BUILDKIT=1', `SOURCE_DATE_EPOCH=${Math.floor(order.epoch / 1_000)}`],
        ...(secrets.length > 0 && { secretEnv: secrets.map(({ env }) => env) }),
      },
    ],
    images: [image],
    ...(secrets.length > 0 && { availableSecrets: { secretManager: secrets } }),
    tags: its.tags,
    timeout: `${Math.ceil(its.timeout / 1_000)}s`,
    ...(its.serviceAccount !== undefined && { serviceAccount: its.serviceAccount }),
    ...(its.logs !== undefined && { logsBucket: its.logs }),
    options: {
      logging: its.logs === undefined ? 'CLOUD_LOGGING_ONLY' : 'GCS_ONLY',
      ...(its.machineType !== undefined && { machineType: its.machineType }),
    },
  };
}

function argumentsOf(order: BuildOrder): string[] {
  const { args, labels, platform, cacheFrom, secrets = {} } = order;
  return [
    `--tag=${formatImageReference(order.image)}`,
    `--file=${order.dockerfile}`,
    ...Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
    ...(platform === undefined ? [] : [`--platform=${platform}`]),
    ...(cacheFrom?.length === 0 ? ['--no-cache'] : []),
    ...(cacheFrom ?? []).map(image => `--cache-from=${formatImageReference(image)}`),
    ...Object.keys(secrets).map(name => `--secret=id=${name},env=${name}`),
  ];
}

/** https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values: `$$` is a plain `$`. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function secretsOf(order: BuildOrder, secretVersion: SecretVersion) {
  return Object.keys(order.secrets ?? {}).map(env => {
    const versionName = secretVersion(order, env);
    if (versionName !== undefined) return { versionName, env };
    throw new BuildFailure(
      `Cannot build with secret "${env}": Cloud Build takes only what Secret Manager has; refer to it as secret://NAME`,
    );
  });
}
