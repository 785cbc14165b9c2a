import type { WorkloadKind } from '../../shared/domain/names/kubernetes-workload.ts';

export type Shape = {
  readonly replicas?: number;
  /** Of the one container. */
  readonly container?: Readonly<Record<string, unknown>>;
  /** Beside the one container. */
  readonly others?: readonly Readonly<Record<string, unknown>>[];
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** Where each kind is made; the cluster of the tests is from before cron jobs were moved. */
export const PLURALS: Readonly<Record<WorkloadKind, string>> = {
  deployment: '/apis/apps/v1/namespaces/NAMESPACE/deployments',
  statefulset: '/apis/apps/v1/namespaces/NAMESPACE/statefulsets',
  daemonset: '/apis/apps/v1/namespaces/NAMESPACE/daemonsets',
  cronjob: '/apis/batch/v1beta1/namespaces/NAMESPACE/cronjobs',
  job: '/apis/batch/v1/namespaces/NAMESPACE/jobs',
};

/** A workload with one container, `web`, whose pods go at once when they are told to. */
export function manifest(kind: WorkloadKind, name: string, shape: Shape & { readonly image: string }) {
  const { image, replicas = 1, container = {}, others = [], spec = {}, annotations = {} } = shape;
  const labels = { app: name };
  const runsOnce = kind === 'job' || kind === 'cronjob';
  const template = {
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      ...(runsOnce && { restartPolicy: 'Never' }),
      containers: [{ name: 'web', image, imagePullPolicy: 'IfNotPresent', ...container }, ...others],
    },
  };
  const selector = { matchLabels: labels };
  const specs: Readonly<Record<WorkloadKind, unknown>> = {
    deployment: { replicas, selector, template, progressDeadlineSeconds: 60, ...spec },
    statefulset: { replicas, selector, template, serviceName: name, ...spec },
    daemonset: { selector, template, ...spec },
    cronjob: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } }, ...spec },
    job: { template, backoffLimit: 0, ...spec },
  };
  return { metadata: { name, labels, annotations }, spec: specs[kind] };
}
