import { z } from 'zod';
import type { WorkloadName } from '../../../domain/names/kubernetes-workload.ts';

const Texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform(texts => texts ?? {});
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? []);

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export const Metadata = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.number().default(0),
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().nullish(),
  labels: Texts,
  annotations: Texts,
  ownerReferences: list(z.object({ uid: z.string(), name: z.string(), kind: z.string() })),
});

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastUpdateTime: z.string().optional(),
});

export const Container = z.object({ name: z.string(), image: z.string().default('') });
export const PodSpec = z.object({ containers: z.array(Container), initContainers: list(Container) });
const Template = z.object({ spec: PodSpec });

const Selector = z.object({
  matchLabels: Texts,
  matchExpressions: list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) })),
});

/** What deployments, stateful sets, daemon sets, jobs and cron jobs say of themselves, as far as it is looked at. */
export const WorkloadObject = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    suspend: z.boolean().default(false),
    selector: Selector.optional(),
    template: Template.optional(),
    jobTemplate: z.object({ spec: z.object({ template: Template }) }).optional(),
    updateStrategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ partition: z.number().default(0) }).nullish(),
      })
      .optional(),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      desiredNumberScheduled: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      conditions: list(Condition),
    })
    .prefault({}),
});

export type WorkloadObject = z.infer<typeof WorkloadObject>;
export type Workload = WorkloadObject & { readonly id: WorkloadName };
export type Container = z.infer<typeof Container>;

/** The part that pods are made from. */
export function podSpecOf({ spec }: WorkloadObject): z.infer<typeof PodSpec> {
  const template = spec.jobTemplate?.spec.template ?? spec.template;
  return template?.spec ?? { containers: [], initContainers: [] };
}

/** For people. */
export function shown({ id }: { readonly id: WorkloadName }): string {
  return `${id.kind} "${id.name}"`;
}

/** As the API takes a selector in a query. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api */
export function selectorText({ spec }: WorkloadObject): string | undefined {
  if (spec.selector === undefined) return undefined;
  const { matchLabels, matchExpressions } = spec.selector;
  const words: Readonly<Record<string, (key: string, values: string) => string>> = {
    In: (key, values) => `${key} in (${values})`,
    NotIn: (key, values) => `${key} notin (${values})`,
    Exists: key => key,
    DoesNotExist: key => `!${key}`,
  };
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => words[operator]?.(key, values.join(',')) ?? ''),
  ]
    .filter(text => text !== '')
    .join(',');
}
