import { createHash, randomUUID } from 'node:crypto';
import { bytesOf } from '../../../domain/memory.ts';
import type { ContainerOrder } from '../../../ports/containers.ts';

/** How the jobs of runs are known: whose they are, and which process waits for them. */
export const RUN_LABELS = { owner: 'headway.dev/runner', process: 'headway.dev/runner-process' } as const;
export const THIS_PROCESS = randomUUID();

/** What label values may be, whatever the owner is called. */
export function ownerLabel(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, 32);
}

export type JobSettings = {
  readonly namespace: string;
  readonly owner: string;
  /** Labels that the node must have. */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** Limits of the container beside the order's, as Kubernetes writes them: `{ 'nvidia.com/gpu': '1' }`. */
  readonly resources?: Readonly<Record<string, string>> | undefined;
};

/** For what comes after a run, before the cluster clears up by itself. */
const KEPT_SECONDS = 600;

/**
 * One try, in one pod, without the API's credentials. Should nobody wait for it any more the cluster ends it, and
 * removes it where it can. https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export function jobSpec(
  name: string,
  order: ContainerOrder,
  { owner, nodeSelector = {}, resources = {}, lasts }: JobSettings & { readonly lasts: number },
) {
  const { image, command, workingDirectory, limits = {}, gpus = false } = order;
  const labels = { [RUN_LABELS.owner]: ownerLabel(owner), [RUN_LABELS.process]: THIS_PROCESS };
  const files = Object.keys(order.files ?? {});
  const container = {
    name: CONTAINER,
    image,
    command: command.map(literal),
    // So that the end of a log is known where the log itself cannot be had.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(workingDirectory !== undefined && { workingDir: workingDirectory }),
    env: Object.keys(order.environment ?? {}).map((variable, at) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name, key: `variable-${at}` } },
    })),
    volumeMounts: files.map((mountPath, at) => ({
      name: 'files',
      mountPath,
      subPath: `file-${at}`,
      readOnly: true,
    })),
    resources: {
      limits: {
        ...(gpus && { 'nvidia.com/gpu': '1' }),
        ...(limits.memory !== undefined && { memory: String(bytesOf(limits.memory)) }),
        ...(limits.cpus !== undefined && { cpu: String(limits.cpus) }),
        ...resources,
      },
    },
  };
  const template = {
    metadata: { labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      nodeSelector,
      containers: [container],
      volumes:
        files.length === 0 ? [] : [{ name: 'files', secret: { secretName: name, defaultMode: 0o444 } }],
    },
  };
  const times = {
    activeDeadlineSeconds: Math.ceil(lasts / 1_000) + KEPT_SECONDS,
    ttlSecondsAfterFinished: KEPT_SECONDS,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: { backoffLimit: 0, ...times, template },
  };
}

export const CONTAINER = 'run';

/** Environment and files, which may be secret; gone with the job. */
export function secretSpec(name: string, { environment = {}, files = {} }: ContainerOrder, job: string) {
  const variables = Object.values(environment).map((value, at) => [`variable-${at}`, value]);
  const contents = Object.values(files).map((content, at) => [`file-${at}`, content]);
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: job }];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ownerReferences },
    stringData: Object.fromEntries([...variables, ...contents]),
  };
}

/** Kubernetes would put variables in for `$(NAME)`. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/ */
function literal(word: string): string {
  return word.replaceAll('$(', '$$$$(');
}
