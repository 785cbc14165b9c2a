import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration, ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Remark } from '../../shared/domain/documents/survey.ts';
import type { Running } from '../../shared/domain/drift/judge-drift.ts';
import { type Matched, matchServices } from '../../shared/domain/drift/match-services.ts';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Target } from '../../shared/ports/target.ts';
import type { Records } from '../../shared/records/records.ts';
import { reachTarget } from './reach-target.ts';
import { servicesAt } from './services-at.ts';

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
type Listing = { readonly subjects: readonly Subject[]; readonly remarks: readonly Remark[] };

/** A target that says nothing for so long is left for the next survey. */
const PATIENCE_MS = 20_000;

/** What each target is to run, and runs. A target that is down, denies or hangs is a remark, and holds up no other. */
export async function listTargets(its: Options, until: number): Promise<Listing> {
  const names = Object.keys(its.configuration.targets);
  const each = await Promise.all(names.map(name => listTarget(its, name, until)));
  return {
    subjects: each.flatMap(({ subjects }) => subjects),
    remarks: each.flatMap(({ remarks }) => remarks),
  };
}

async function listTarget(its: Options, name: string, until: number): Promise<Listing> {
  const { records, configuration, clock } = its;
  const patience = Math.max(1_000, Math.min(PATIENCE_MS, until - clock.now()));
  const documents = await servicesAt(records, name);
  const reached = await reachTarget(() => its.target(name), patience);
  const subject = ({ service, settings, listed, discovered }: Matched): Subject => {
    const { image, tag } = settings;
    const repository = repositoryOf(configuration, image);
    const reference = { ...repository, tag };
    const look = () => reached.look(service, settings, repository);
    return {
      target: name,
      service,
      follows: { image, tag },
      reference,
      name: formatImageReference(reference),
      document: documents.get(service),
      settings,
      discovered,
      look,
      running: async () =>
        listed?.digest === undefined
          ? look()
          : { state: 'running', digest: listed.digest, updating: listed.updating },
    };
  };
  return {
    subjects: matchServices(configuration, name, reached.found).map(subject),
    remarks: reached.down === undefined ? [] : [{ kind: 'target', about: name, says: reached.down }],
  };
}
