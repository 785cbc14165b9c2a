import type { Limits } from '../../../domain/configuration/images.ts';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import type { BuildOrder } from '../../../ports/builder.ts';
import type { SentOrder } from '../order-artifact/send-order.ts';
import { expandCommand } from './expand-command.ts';
import { KEYS } from './secret-manifest.ts';

/** What a configuration says of a build's pod. */
export type PodSettings = {
  /** headway's own image. */
  readonly image: string;
  /** Another tool that builds what headway has unpacked. */
  readonly tool?: { readonly image: string; readonly command: readonly string[] } | undefined;
  readonly serviceAccount?: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly resources?: Limits | undefined;
  /** Milliseconds after which the cluster ends it, whatever becomes of headway. */
  readonly deadline: number;
};
export type JobOrder = PodSettings & {
  readonly name: string;
  /** The name of the secret that its pod needs. */
  readonly secret: string;
  readonly order: BuildOrder;
  readonly sent: SentOrder;
  readonly environment: Readonly<Record<string, string>>;
  readonly insecure: readonly string[];
};

/** Says of a job which secret it owns. */
export const SECRET_NAME = 'headway.dev/secret';
/** The container whose end is the build's. */
export const CONTAINER = 'build';
/** How long an ended job is kept for a headway that does not come back. */
const KEPT_SECONDS = 3_600;
const LOGIN = '/headway-login';
const WORKSPACE = '/workspace';

/**
 * One try, since whether there is another is headway's to say. Nothing in it is secret, and its pod has no account of
 * the cluster's. headway's own container needs nothing of what the strictest of the pod security standards forbids.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function jobManifest(its: JobOrder) {
  const { name, secret, nodeSelector, serviceAccount, deadline, order } = its;
  const labels = { 'app.kubernetes.io/managed-by': 'headway', 'app.kubernetes.io/component': 'builder' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      labels,
      annotations: { 'headway.dev/image': formatImageReference(order.image), [SECRET_NAME]: secret },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: Math.ceil(deadline / 1_000),
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 5,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: [{ name: secret }],
          nodeSelector,
          ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
          ...containersOf(its),
          volumes: volumesOf(its),
        },
      },
    },
  };
}

function containersOf(its: JobOrder) {
  const { image, tool, order } = its;
  const { env, volumeMounts, resources } = surroundings(its);
  const words = ['build', '--order', formatImageReference(its.sent.reference)];
  const insecure = its.insecure.flatMap(host => ['--insecure', host]);
  const headway = { image, env, volumeMounts, resources, securityContext: UNPRIVILEGED };
  if (tool === undefined) {
    const args = [...words, '--result', '/dev/termination-log', ...insecure];
    return { containers: [{ ...headway, name: CONTAINER, args }] };
  }
  const unpack = {
    ...headway,
    name: 'unpack',
    args: [...words, '--unpack-to', `${WORKSPACE}/context`, ...insecure],
  };
  const told = [
    ...env,
    { name: 'HEADWAY_IMAGE', value: formatImageReference(order.image) },
    { name: 'HEADWAY_CONTEXT', value: `${WORKSPACE}/context` },
    { name: 'HEADWAY_DOCKERFILE', value: `${WORKSPACE}/context/${order.dockerfile}` },
    { name: 'HEADWAY_PLATFORM', value: order.platform ?? '' },
    { name: 'HEADWAY_DIGEST_FILE', value: '/dev/termination-log' },
  ];
  const command = expandCommand(tool.command, order);
  const build = { name: CONTAINER, image: tool.image, command, env: told, volumeMounts, resources };
  return { initContainers: [unpack], containers: [build] };
}

/** As an init container and as the only one: the file system is read only but for what is mounted. */
const UNPRIVILEGED = {
  runAsUser: 1000,
  runAsGroup: 1000,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function surroundings({ secret, order, environment, resources, tool }: JobOrder) {
  const env = Object.keys(environment).map(key => ({
    name: key,
    valueFrom: { secretKeyRef: { name: secret, key: KEYS.variable(key) } },
  }));
  const secrets = Object.keys(order.secrets ?? {});
  // Without a tool nothing of the image is run here, and what headway needs is no business of the image.
  const limits = quantities((tool === undefined ? undefined : order.limits) ?? resources);
  return {
    env: [...env, { name: 'DOCKER_CONFIG', value: LOGIN }],
    volumeMounts: [
      { name: 'login', mountPath: LOGIN, readOnly: true },
      { name: 'workspace', mountPath: WORKSPACE },
      { name: 'temporary', mountPath: '/tmp' },
      ...(secrets.length === 0 ? [] : [{ name: 'secrets', mountPath: '/run/secrets', readOnly: true }]),
    ],
    resources: { limits, requests: limits },
  };
}

function volumesOf({ secret, order }: JobOrder) {
  const items = Object.keys(order.secrets ?? {}).map(key => ({ key: KEYS.secret(key), path: key }));
  const login = { secretName: secret, items: [{ key: KEYS.logins, path: 'config.json' }] };
  return [
    { name: 'login', secret: login },
    { name: 'workspace', emptyDir: {} },
    { name: 'temporary', emptyDir: {} },
    ...(items.length === 0 ? [] : [{ name: 'secrets', secret: { secretName: secret, items } }]),
  ];
}

/** `512m` of memory is 512Mi here. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
function quantities({ memory, cpus }: Limits = {}) {
  return {
    ...(memory !== undefined && { memory: `${memory.toUpperCase()}i` }),
    ...(cpus !== undefined && { cpu: String(cpus) }),
  };
}
