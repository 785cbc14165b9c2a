import {
  type ImageReference,
  repositoryName,
  sameRepository,
} from '../../../domain/names/image-reference.ts';

/** On a service, a person's word that it stays as it is; the value says why. `false` is as good as none. */
const HOLD_LABEL = 'headway.hold';

export type Holdable = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: ImageReference | undefined;
  readonly replicas?: number | undefined;
};

/** Why a service is left alone: a person's word, or something else than this image in its place. */
export function whyHeld(service: Holdable, image: ImageReference): string | undefined {
  const name = `service "${service.name}"`;
  const hold = service.labels[HOLD_LABEL];
  if (hold !== undefined && hold !== 'false') {
    const why = ['', 'true'].includes(hold) ? '' : `: ${hold}`;
    return `${name} has the label ${HOLD_LABEL}${why}; remove the label to let headway go on`;
  }
  if (service.image === undefined || !sameRepository(service.image, image)) {
    const runs = service.image === undefined ? 'something else' : repositoryName(service.image);
    return `${name} runs ${runs}, not ${repositoryName(image)}; correct the workload or the service's image`;
  }
  if (service.replicas !== 0) return undefined;
  return `${name} is scaled to no replicas; scale it up to let headway go on`;
}
