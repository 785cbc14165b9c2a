import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import { type Container, podSpecOf, shown, type Workload } from './workload.ts';

export type Chosen = {
  readonly container: Container;
  readonly list: 'containers' | 'initContainers';
};
type Wish = { readonly image: ImageReference; readonly container?: string | undefined };

/**
 * The container that follows the image: the one that is named, else the only one with the image's repository.
 *
 * @returns a sentence when there is no such one, or several.
 */
export function chooseContainer(workload: Workload, { image, container: name }: Wish): Chosen | string {
  const { containers, initContainers } = podSpecOf(workload);
  const all: Chosen[] = [
    ...containers.map(container => ({ container, list: 'containers' as const })),
    ...initContainers.map(container => ({ container, list: 'initContainers' as const })),
  ];
  const repository = formatImageReference({ registry: image.registry, repository: image.repository });
  const names = containers.map(({ name, image }) => `"${name}" with ${image}`).join(', ');
  if (name !== undefined) {
    const named = all.find(({ container }) => container.name === name);
    return named ?? `Cannot find container "${name}" in ${shown(workload)}: it has ${names}`;
  }
  const fitting = all.filter(({ container, list }) => {
    const runs = parseImageReference(container.image);
    return list === 'containers' && runs !== undefined && sameRepository(runs, image);
  });
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const problem = only === undefined ? `none has ${repository}` : `several have ${repository}`;
  return `Cannot choose a container of ${shown(workload)}: ${problem} (it has ${names}); name one with container`;
}
