import type { Configuration } from '../configuration/schema.ts';
import type { Stack } from '../documents/stack.ts';

/**
 * A configuration whose images are also those that repos declare themselves, as far as they are known now. What the
 * configuration names itself stands above them.
 */
export function withStacks(configuration: Configuration, stacks: () => readonly Stack[]): Configuration {
  if (!declaresStacks(configuration)) return configuration;
  let of: readonly Stack[] | undefined;
  let images = configuration.images;
  return {
    ...configuration,
    get images() {
      const known = stacks();
      if (known !== of) {
        images = joined(configuration, known);
        of = known;
      }
      return images;
    },
  };
}

/** Whether a repo of the configuration says itself which images it has. */
export function declaresStacks({ repos }: Pick<Configuration, 'repos'>): boolean {
  return Object.values(repos).some(({ stack }) => stack !== undefined);
}

function joined({ images, repos }: Configuration, stacks: readonly Stack[]): Configuration['images'] {
  const declared = stacks.filter(({ repo }) => repos[repo]?.stack !== undefined);
  return Object.assign(Object.create(null), ...declared.map(stack => stack.images), images);
}
