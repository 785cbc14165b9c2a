import type { BuildOrder } from '../../../ports/builder.ts';

/**
 * The command with one argument for each build argument and label where it says `$(HEADWAY_BUILD_ARGS)` and
 * `$(HEADWAY_LABELS)`, spelt as kaniko and buildah both take them. The cluster itself replaces `$(HEADWAY_IMAGE)` and
 * the other variables: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expandCommand(command: readonly string[], { args, labels }: BuildOrder): string[] {
  const lists: Readonly<Record<string, readonly string[]>> = {
    '$(HEADWAY_BUILD_ARGS)': each('--build-arg', args),
    '$(HEADWAY_LABELS)': each('--label', labels),
  };
  return command.flatMap(item => lists[item] ?? [item]);
}

/** A value is never a variable for the cluster: `$$(X)` stays `$(X)`. */
function each(option: string, texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).map(([name, value]) => `${option}=${name}=${value.replaceAll('$(', '$$$$(')}`);
}
