import { instant, isClaimed } from '../../shared/domain/claims.ts';
import { followsOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { newService } from '../../shared/domain/deploys/new-service.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { services, tags } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

export type AdoptConfiguration = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly clock: Clock;
};

/** Makes the documents of every tag and service that the configuration names, and has each looked at. */
export async function adoptConfiguration(its: AdoptConfiguration): Promise<void> {
  const { configuration } = its;
  for (const [tag, { images }] of Object.entries(configuration.tags)) {
    for (const image of images) await adoptTag(its, image, tag);
  }
  for (const name of Object.keys(configuration.services)) await adoptService(its, name);
}

async function adoptTag({ records, configuration, clock }: AdoptConfiguration, image: string, tag: string) {
  const follows = followsOf(configuration, image, tag);
  await records.transact({ found: refTo(tags, image, tag) }, ({ found }) => {
    const known = found ?? newTag(configuration, image, tag);
    const look = instant(clock.now());
    const due = isClaimed(known, clock.now()) ? known.due : look;
    return { result: undefined, writes: [put(tags, { ...takenOver(known, follows), follows, look, due })] };
  });
}

/** A tag that others moved has no commit to go forward from: headway takes it over as if for the first time. */
function takenOver(tag: Tag, follows: Tag['follows']): Tag {
  if (follows === undefined || tag.observed === undefined || tag.observed.commit !== undefined) return tag;
  return { ...tag, wanted: undefined, observed: undefined, attempted: [] };
}

async function adoptService({ records, configuration, clock }: AdoptConfiguration, name: string) {
  const settings = configuration.services[name];
  if (settings === undefined) return;
  const { target, image, tag } = settings;
  await records.transact({ found: refTo(services, target, name) }, ({ found }) => {
    const known = unseen({ ...(found ?? newService({ target, service: name, image, tag })), image, tag });
    const due = isClaimed(known, clock.now()) ? known.due : instant(clock.now());
    return { result: undefined, writes: [put(services, { ...known, due })] };
  });
}

/** What ran when we last looked may have gone since: only a new look makes it green again. */
function unseen(service: Service): Service {
  return service.phase === 'running'
    ? { ...service, phase: 'unknown', message: 'not looked at since the start' }
    : service;
}
