import { repositoryOf } from '../configuration/lookups.ts';
import type { Configuration, ServiceConfiguration } from '../configuration/schema.ts';
import { discoveredSettings } from '../deploys/settings-of.ts';
import type { Digest } from '../names/digest.ts';
import { sameRepository } from '../names/image-reference.ts';
import { judgeFound, type Stranger } from './judge-found.ts';
import { workloadAt } from './workload-at.ts';

/** What a target's list shows of one thing that runs there. */
export type Listed = Stranger & {
  readonly workload: string;
  readonly container?: string;
  readonly digest?: Digest;
  readonly updating: boolean;
};

/** A service at a target: named by the configuration, or found there. */
export type Matched = {
  readonly service: string;
  readonly settings: ServiceConfiguration;
  /** What the list shows of it; nothing where it does not. */
  readonly listed: Listed | undefined;
  readonly discovered: boolean;
};

/** The services of a target: what the configuration names, then what is found there and judged to be one. */
export function matchServices(
  configuration: Configuration,
  target: string,
  found: readonly Listed[],
): Matched[] {
  const settingsOfTarget = configuration.targets[target];
  const spelled = (workload: string) => workloadAt(settingsOfTarget, workload);
  const byWorkload = Map.groupBy(found, ({ workload }) => spelled(workload));
  const mine = Object.entries(configuration.services).filter(([, service]) => service.target === target);
  const named = mine.map(([service, settings]): Matched => {
    const repository = repositoryOf(configuration, settings.image);
    const listed = byWorkload
      .get(spelled(settings.workload ?? service))
      ?.find(
        ({ image, container }) =>
          sameRepository(image, repository) &&
          (settings.container === undefined || container === settings.container),
      );
    return { service, settings, listed, discovered: false };
  });
  const discover =
    settingsOfTarget !== undefined && 'discover' in settingsOfTarget ? settingsOfTarget.discover : 'off';
  if (discover === 'off') return named;
  for (const [service, { workload = service }] of mine) byWorkload.delete(spelled(workload));
  const others = [...byWorkload.values()].flat().flatMap((listed): Matched[] => {
    const judged = judgeFound(configuration, listed, discover);
    if (judged.kind === 'ignored') return [];
    const { image, tag } = judged;
    const service = listed.workload;
    const settings = discoveredSettings({ target, service, image, tag });
    return [{ service, settings, listed, discovered: true }];
  });
  return [...named, ...others];
}
