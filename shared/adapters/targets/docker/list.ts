import type Dockerode from 'dockerode';
import type { ContainerInfo, ImageInspectInfo } from 'dockerode';
import {
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import type { Found } from '../../../ports/target.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { LABELS } from './labels.ts';
import { containerNames } from './standing.ts';

/**
 * Every container with an image that has a name, headway's or not, running or not, in the order of their names. One
 * that does not run has no digest. The spare containers of a deploy under way are not listed: their service is updating.
 */
export async function list(docker: Dockerode): Promise<Found[]> {
  const containers = await docker.listContainers({ all: true });
  const images = await inspectImages(docker, new Set(containers.map(({ ImageID }) => ImageID)));
  const spare = new Set(containers.flatMap(spareName));
  const found = await Promise.all(
    containers
      .filter(container => spareName(container).length === 0)
      .map(container => describe(docker, container, { image: images.get(container.ImageID), spare })),
  );
  return found.flat().sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

type Known = { readonly image: ImageInspectInfo | undefined; readonly spare: ReadonlySet<string> };

async function describe(
  docker: Dockerode,
  container: ContainerInfo,
  { image, spare }: Known,
): Promise<Found[]> {
  const declared = await declaredImage(docker, container);
  const workload = nameOf(container);
  if (declared === undefined || workload === undefined) return [];
  const digest = container.State === 'running' ? runningDigest(declared, image) : undefined;
  return [
    {
      workload,
      image: declared,
      ...(digest !== undefined && { digest }),
      updating: spare.has(workload) || container.Status.includes('(health: starting)'),
      labels: container.Labels,
      ...(image !== undefined && { platform: platformOf(image) }),
    },
  ];
}

/** The engine shows the image's identifier once the tag went to another image; then the container itself is asked. */
async function declaredImage(docker: Dockerode, { Id, Image, ImageID }: ContainerInfo) {
  if (!ImageID.includes(Image)) return parseImageReference(Image);
  const asked = (await unlessMissing(docker.getContainer(Id).inspect()))?.Config.Image ?? '';
  return ImageID.includes(asked) ? undefined : parseImageReference(asked);
}

function runningDigest(declared: ImageReference, image: ImageInspectInfo | undefined) {
  if (declared.digest !== undefined) return declared.digest;
  return (image?.RepoDigests ?? [])
    .map(parseImageReference)
    .find(reference => reference !== undefined && sameRepository(reference, declared))?.digest;
}

async function inspectImages(docker: Dockerode, ids: ReadonlySet<string>) {
  const inspected = await Promise.all(
    [...ids].map(async id => [id, await unlessMissing(docker.getImage(id).inspect())] as const),
  );
  return new Map(inspected);
}

function platformOf({
  Os,
  Architecture,
  Variant,
}: ImageInspectInfo & { Variant?: string | undefined }): string {
  return [Os, Architecture, Variant].filter(Boolean).join('/');
}

/** Links add names with more slashes; the container's own has one. */
function nameOf({ Names }: ContainerInfo): string | undefined {
  return Names.find(name => /^\/[^/]+$/.test(name))?.slice(1);
}

/** The service whose next or previous container this is; empty where it is none. */
function spareName(container: ContainerInfo): string[] {
  const service = container.Labels[LABELS.service];
  if (service === undefined) return [];
  const { next, previous } = containerNames(service);
  return [next, previous].includes(nameOf(container) ?? '') ? [service] : [];
}
