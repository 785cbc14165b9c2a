import test from 'ava';
import { judgeRollout } from '../../shared/adapters/targets/kubernetes/judge-rollout.ts';
import { Pod } from '../../shared/adapters/targets/kubernetes/pods.ts';
import { WorkloadObject } from '../../shared/adapters/targets/kubernetes/workload.ts';
import type { Observation } from '../../shared/ports/target.ts';

const V1 = `sha256:${'1'.repeat(64)}`;
const V2 = `sha256:${'2'.repeat(64)}`;
const meta = { namespace: 'shop', uid: 'u', resourceVersion: '1', creationTimestamp: '2030-01-01T00:00:00Z' };

type Deployment = {
  readonly seen?: number;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly image?: string;
  readonly mark?: string;
};

function deployment({ seen = 2, status = {}, image = `acme/web@${V1}`, mark }: Deployment = {}) {
  const counts = { replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };
  const object = WorkloadObject.parse({
    metadata: {
      ...meta,
      name: 'web',
      generation: 2,
      annotations: mark === undefined ? {} : { 'headway.dev/gave-up-before': mark },
    },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image }] } } },
    status: { observedGeneration: seen, ...counts, ...status },
  });
  return { ...object, id: { kind: 'deployment', namespace: 'shop', name: 'web' } } as const;
}

type OfPod = {
  readonly ready?: boolean;
  readonly id?: string;
  readonly state?: unknown;
  readonly leaving?: boolean;
};

function pod(
  image = `acme/web@${V1}`,
  { ready = true, id = image, state = {}, leaving = false }: OfPod = {},
) {
  const status = { name: 'web', ready, restartCount: 0, imageID: id, state, lastState: {} };
  return Pod.parse({
    metadata: { ...meta, name: 'web-1', ...(leaving && { deletionTimestamp: meta.creationTimestamp }) },
    spec: { containers: [{ name: 'web', image }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [status],
    },
  });
}

const gaveUp = (lastUpdateTime: string) => ({
  conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime }],
});

const judges = test.macro({
  exec(
    t,
    workload: ReturnType<typeof deployment>,
    pods: readonly Pod[],
    expected: Observation['state'],
    said: RegExp = /^/,
  ) {
    const container = workload.spec.template?.spec.containers[0];
    if (container === undefined) throw new Error('Cannot judge: there is no container');
    const seen = judgeRollout({ workload, pods, container });
    t.is(seen.state, expected);
    t.regex('reason' in seen ? seen.reason : seen.state === 'running' ? seen.digest : '', said);
  },
  title: (name = '') => `judgeRollout() ${name}`,
});

const waiting = (reason: string, message?: string) => ({
  ready: false,
  state: { waiting: { reason, message } },
});
const ONE_OF_TWO = { replicas: 3, updatedReplicas: 1, availableReplicas: 2 };

test(
  'is running when all pods are ready and run one digest',
  judges,
  deployment(),
  [pod(), pod()],
  'running',
  /1111/,
);
test(
  'is updating until the cluster has seen the change',
  judges,
  deployment({ seen: 1 }),
  [pod(), pod()],
  'updating',
  /not taken up/,
);
test(
  'is updating while a pod of before is there',
  judges,
  deployment(),
  [pod(), pod(), pod(`acme/web@${V2}`)],
  'updating',
  /1 pods of before/,
);
test(
  'does not count a pod that is leaving',
  judges,
  deployment(),
  [pod(), pod(), pod(`acme/web@${V2}`, { leaving: true })],
  'running',
);
test(
  'is updating while pods are started',
  judges,
  deployment({ status: ONE_OF_TWO }),
  [pod(), pod(undefined, waiting('ContainerCreating'))],
  'updating',
  /1 of 2 pods are ready/,
);
test(
  'is updating while a new pod is not available yet',
  judges,
  deployment({ status: { availableReplicas: 1 } }),
  [pod(), pod()],
  'updating',
);
test(
  'is updating when only something else than the image changed',
  judges,
  deployment({ status: ONE_OF_TWO }),
  [pod(), pod()],
  'updating',
);
test(
  'is unhealthy when a pod cannot pull',
  judges,
  deployment({ status: ONE_OF_TWO }),
  [pod(undefined, waiting('ImagePullBackOff', 'Back-off pulling'))],
  'unhealthy',
  /is in ImagePullBackOff: Back-off pulling/,
);
test(
  'is unhealthy when a container ended',
  judges,
  deployment({ status: ONE_OF_TWO }),
  [pod(undefined, { ready: false, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } })],
  'unhealthy',
  /exit code 137 \(OOMKilled\)/,
);
test(
  'is unhealthy when the cluster makes no pods',
  judges,
  deployment({
    status: {
      ...ONE_OF_TWO,
      conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }],
    },
  }),
  [],
  'unhealthy',
  /exceeded quota/,
);
test(
  'does not mind the trouble of a pod of before',
  judges,
  deployment({ status: ONE_OF_TWO }),
  [pod(), pod(`acme/web@${V2}`, waiting('CrashLoopBackOff'))],
  'updating',
);
test(
  'is failed when the cluster gave up, with what ails the pod',
  judges,
  deployment({ status: { ...ONE_OF_TWO, ...gaveUp('2030') } }),
  [pod(undefined, waiting('CrashLoopBackOff'))],
  'failed',
  /progressDeadlineSeconds; pod "web-1"/,
);
test(
  'is not failed because of a rollout before',
  judges,
  deployment({ mark: '2030', status: { ...ONE_OF_TWO, ...gaveUp('2030') } }),
  [],
  'updating',
);
test(
  'is failed when the cluster gave up again',
  judges,
  deployment({ mark: '2030', status: { ...ONE_OF_TWO, ...gaveUp('2031') } }),
  [],
  'failed',
);
test(
  'is running what a tag was resolved to',
  judges,
  deployment({ image: 'acme/web:prod' }),
  [1, 2].map(() => pod('acme/web:prod', { id: `docker-pullable://acme/web@${V2}` })),
  'running',
  /2222/,
);
test(
  'knows a pod whose registry the cluster rewrote',
  judges,
  deployment(),
  [1, 2].map(() => pod(`mirror.acme.com/acme/web@${V1}`)),
  'running',
  /1111/,
);
test(
  'knows a pod whose tag the cluster rewrote',
  judges,
  deployment({ image: 'acme/web:prod' }),
  [1, 2].map(() => pod(`docker.io/acme/web@${V2}`)),
  'running',
  /2222/,
);
test(
  'does not take another tag for its own',
  judges,
  deployment({ image: 'acme/web:prod' }),
  [1, 2].map(() => pod('acme/web:test')),
  'updating',
);
test(
  'is unhealthy when a tag was resolved to several',
  judges,
  deployment({ image: 'acme/web:prod' }),
  [V1, V2].map(one => pod('acme/web:prod', { id: `docker.io/acme/web@${one}` })),
  'unhealthy',
  /several digests/,
);
test(
  'is unknown when an image has no digest',
  judges,
  deployment({ image: 'acme/web:prod' }),
  [1, 2].map(() => pod('acme/web:prod', { id: `docker://${V1}` })),
  'unknown',
  /without a digest/,
);
