import type { ContainerInspectInfo } from 'dockerode';
import type { Digest } from '../../../domain/names/digest.ts';
import {
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import type { Observation } from '../../../ports/target.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { lookUp, type Place, type Standing } from './standing.ts';

/** What is so now. `image` may carry the wanted digest: an index and its child name the same running image. */
export async function observe(place: Place, image: ImageReference): Promise<Observation> {
  const standing = await lookUp(place);
  const unsettled = whyNotRunning(place.service, standing);
  if (unsettled !== undefined) return unsettled;
  if (standing.current === undefined) return { state: 'absent' };
  const digests = await digestsOf(place, standing.current, image);
  const digest = digests.find(one => one === image.digest) ?? digests[0];
  if (digest !== undefined) return { state: 'running', digest };
  return { state: 'unknown', reason: `container "${place.service}" runs an image without a digest` };
}

function whyNotRunning(name: string, { current, next, previous, held }: Standing): Observation | undefined {
  if (held !== undefined) return { state: 'held', reason: held };
  if (next !== undefined || previous !== undefined) {
    const other = next === undefined ? 'the one it replaced has not gone yet' : 'a new one is being tried';
    return { state: 'updating', reason: `container "${name}": ${other}` };
  }
  if (current === undefined) return undefined;
  const { State } = current;
  if (!State.Running || State.Restarting) {
    const why = State.Error === '' ? `exit code ${State.ExitCode}` : State.Error;
    return { state: 'unhealthy', reason: `container "${name}" is ${State.Status} (${why})` };
  }
  if (State.Health?.Status === 'starting') {
    return { state: 'updating', reason: `container "${name}" has not passed its health check yet` };
  }
  if (State.Health?.Status === 'unhealthy') {
    return { state: 'unhealthy', reason: `container "${name}" fails its health check${lastCheck(current)}` };
  }
  return undefined;
}

/** What the last health check had to say, on one line. */
export function lastCheck({ State }: ContainerInspectInfo): string {
  const last = State.Health?.Log?.at(-1);
  if (last === undefined) return '';
  const output = last.Output.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
  return output === '' ? ` (exit code ${last.ExitCode})` : `: ${output}`;
}

/**
 * The digests of the running image, the one it was created by first: the engine resolved that one itself. What a
 * label says is not asked, since a container made again by other hands keeps its labels.
 */
async function digestsOf(
  { docker }: Place,
  { Config, Image }: ContainerInspectInfo,
  image: ImageReference,
): Promise<Digest[]> {
  const created = parseImageReference(Config.Image)?.digest;
  if (created !== undefined && (image.digest === undefined || image.digest === created)) return [created];
  const recorded = (await unlessMissing(docker.getImage(Image).inspect()))?.RepoDigests ?? [];
  const others = recorded.flatMap(text => {
    const reference = parseImageReference(text);
    return reference?.digest !== undefined && sameRepository(reference, image) ? [reference.digest] : [];
  });
  return [...(created === undefined ? [] : [created]), ...others];
}
