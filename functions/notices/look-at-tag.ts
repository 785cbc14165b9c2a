import { instant, sooner } from '../../shared/domain/claims.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import { tags } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

type LookAtTag = {
  readonly records: Records;
  readonly hints: Hints;
  readonly configuration: Configuration;
  readonly clock: Clock;
};

/** A tag that is followed was pushed: whoever did it, the registry says what it points to now. */
export async function lookAtTag(its: LookAtTag, image: string, tag: string): Promise<string> {
  const { records, hints, configuration, clock } = its;
  const ref = refTo(tags, image, tag);
  await records.transact({ found: ref }, ({ found }) => {
    const known = found ?? newTag(configuration, image, tag);
    const look = instant(clock.now());
    return { result: undefined, writes: [put(tags, { ...known, look, due: sooner(known.due, look) })] };
  });
  await hints.publish([{ topic: 'tags', collection: 'tags', key: ref.key }]);
  return 'was pushed';
}
