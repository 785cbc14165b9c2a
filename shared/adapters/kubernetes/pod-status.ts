import { z } from 'zod';

const text = z
  .string()
  .nullish()
  .transform(text => text ?? '');
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? []);

const Terminated = z.object({ exitCode: z.number(), reason: text, message: text });
const State = z
  .object({
    waiting: z.object({ reason: text, message: text }).nullish(),
    running: z.object({}).nullish(),
    terminated: Terminated.nullish(),
  })
  .prefault({});
const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.number(),
  imageID: z.string(),
  state: State,
  lastState: State,
});

/** What is absent is empty. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus */
export const PodStatus = z
  .object({
    phase: text,
    reason: text,
    message: text,
    conditions: list(z.object({ type: z.string(), status: z.string(), reason: text, message: text })),
    containerStatuses: list(ContainerStatus),
    initContainerStatuses: list(ContainerStatus),
  })
  .prefault({});
export type PodStatus = z.infer<typeof PodStatus>;
export type ContainerStatus = z.infer<typeof ContainerStatus>;
export type Terminated = z.infer<typeof Terminated>;

type Pod = { readonly metadata: { readonly name: string }; readonly status: PodStatus };

/** That no node takes the pod, where it is so. */
export function unplaced({ metadata, status }: Pod): string | undefined {
  const refused = status.conditions.find(({ reason }) => reason === 'Unschedulable');
  return refused && `pod "${metadata.name}" has no place to run: ${brief(refused.message)}`;
}

/** As much of a message as a person wants to read. */
export function brief(message: string): string {
  return message.trim().replaceAll(/\s+/g, ' ').slice(0, 300) || 'no reason given';
}
