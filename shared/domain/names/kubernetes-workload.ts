/** Something in a Kubernetes cluster that makes pods, by its name there. */
export type WorkloadName = {
  readonly namespace: string;
  readonly kind: WorkloadKind;
  readonly name: string;
};
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

export const WORKLOAD_KINDS = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job'] as const;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * `NAME` (a deployment), `KIND/NAME` or `NAMESPACE/KIND/NAME`; the namespace is the target's where none is written.
 *
 * @returns nothing when the text is none of these.
 */
export function parseWorkloadName(text: string, namespace: string): WorkloadName | undefined {
  const parts = text.split('/');
  const [name = '', kindText = 'deployment', written = namespace, ...more] = parts.reverse();
  const kind = WORKLOAD_KINDS.find(one => one === kindText);
  if (kind === undefined || more.length > 0 || !NAME.test(name) || !NAME.test(written)) return undefined;
  return { namespace: written, kind, name };
}

/** The shortest spelling within the namespace. The inverse of {@link parseWorkloadName}. */
export function formatWorkloadName(workload: WorkloadName, namespace: string): string {
  const { kind, name } = workload;
  if (workload.namespace !== namespace) return `${workload.namespace}/${kind}/${name}`;
  return kind === 'deployment' ? name : `${kind}/${name}`;
}
