import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration, ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import { discoveredSettings } from '../../shared/domain/deploys/settings-of.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Remark } from '../../shared/domain/documents/survey.ts';
import type { Running } from '../../shared/domain/drift/judge-drift.ts';
import { judgeFound } from '../../shared/domain/drift/judge-found.ts';
import { workloadAt } from '../../shared/domain/drift/workload-at.ts';
import {
  formatImageReference,
  type ImageReference,
  sameRepository,
} from '../../shared/domain/names/image-reference.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Found, Target } from '../../shared/ports/target.ts';
import type { Records } from '../../shared/records/records.ts';
import { servicesAt } from './services-at.ts';
import { within } from './within.ts';

/** A service at a target, named by the configuration or found there. */
export type Subject = {
  readonly target: string;
  readonly service: string;
  /** What it follows. */
  readonly follows: { readonly image: string; readonly tag: string };
  readonly reference: ImageReference;
  readonly name: string;
  readonly document: Service | undefined;
  readonly settings: ServiceConfiguration;
  readonly discovered: boolean;
  /** What runs, as the target's list told it; asked of the target itself where the list did not. */
  running(): Promise<Running>;
  /** The same, asked of the target itself. */
  look(): Promise<Running>;
};
type Options = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly target: (name: string) => Promise<Target | undefined>;
  readonly clock: Clock;
};

/** A target that says nothing for so long is left for the next survey. */
const PATIENCE_MS = 20_000;

/** What each target is to run, and runs. A target that is down, denies or hangs is a remark, and holds up no other. */
export async function listTargets(its: Options, until: number) {
  const each = await Promise.all(
    Object.keys(its.configuration.targets).map(name => listTarget(its, name, until)),
  );
  return {
    subjects: each.flatMap(({ subjects }) => subjects),
    remarks: each.flatMap(({ remarks }) => remarks),
  };
}

async function listTarget(
  its: Options,
  name: string,
  until: number,
): Promise<{ subjects: Subject[]; remarks: Remark[] }> {
  const { records, configuration, clock } = its;
  const patience = Math.max(1_000, Math.min(PATIENCE_MS, until - clock.now()));
  const documents = await servicesAt(records, name);
  const mine = Object.entries(configuration.services).filter(([, { target }]) => target === name);
  const remarks: Remark[] = [];
  let target: Target | undefined;
  let found: readonly Found[] = [];
  let down: string | undefined;
  try {
    target = await its.target(name);
    if (target === undefined) down = 'it is left out on this machine';
    else found = await within(patience, target.list.bind(target));
  } catch (error) {
    down = error instanceof Error ? error.message : String(error);
  }
  if (down !== undefined) remarks.push({ kind: 'target', about: name, says: down });

  const subject = (
    service: string,
    settings: ServiceConfiguration,
    { listed, discovered }: { listed: Found | undefined; discovered: boolean },
  ): Subject => {
    const { image, tag } = settings;
    const reference = { ...repositoryOf(configuration, image), tag };
    const look = async (): Promise<Running> => {
      if (down !== undefined || target === undefined)
        return { state: 'unknown', reason: down ?? 'it is left out' };
      return within(patience, () => observe(target, { service, settings, reference })).catch(
        (error: unknown): Running => ({
          state: 'unknown',
          reason: error instanceof Error ? error.message : String(error),
        }),
      );
    };
    const running = async (): Promise<Running> =>
      listed?.digest === undefined
        ? look()
        : { state: 'running', digest: listed.digest, updating: listed.updating };
    return {
      target: name,
      service,
      follows: { image, tag },
      reference,
      name: formatImageReference(reference),
      document: documents.get(service),
      settings,
      discovered,
      running,
      look,
    };
  };

  const spelled = (workload: string) => workloadAt(configuration.targets[name], workload);
  const taken = new Set<Found>();
  const named = mine.map(([service, settings]) => {
    const { registry, repository } = repositoryOf(configuration, settings.image);
    const listed = found.find(
      one =>
        spelled(one.workload) === spelled(settings.workload ?? service) &&
        sameRepository(one.image, { registry, repository }) &&
        (settings.container === undefined || one.container === settings.container),
    );
    if (listed !== undefined) taken.add(listed);
    return subject(service, settings, { listed, discovered: false });
  });
  const discover = discoverOf(configuration, name);
  const workloads = new Set(mine.map(([service, { workload = service }]) => spelled(workload)));
  const strangers =
    discover === 'off' ? [] : found.filter(one => !taken.has(one) && !workloads.has(spelled(one.workload)));
  const others = strangers.flatMap(one => {
    const follows = judgeFound(configuration, one, discover === 'all' ? 'all' : 'labelled');
    if (follows.kind === 'ignored') return [];
    const settings = discoveredSettings({ target: name, service: one.workload, ...follows });
    return [subject(one.workload, settings, { listed: one, discovered: true })];
  });
  return { subjects: [...named, ...others], remarks };
}

function discoverOf({ targets }: Configuration, name: string): 'off' | 'labelled' | 'all' {
  const settings = targets[name];
  return settings !== undefined && 'discover' in settings ? settings.discover : 'off';
}

type Asked = {
  readonly service: string;
  readonly settings: ServiceConfiguration;
  readonly reference: ImageReference;
};

async function observe(target: Target, { service, settings, reference }: Asked): Promise<Running> {
  const { registry, repository } = reference;
  return target.observe(service, settings, { registry, repository });
}
