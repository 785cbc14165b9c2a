import { z } from 'zod';
import { Branch } from '../../shared/domain/documents/branch.ts';
import { Build } from '../../shared/domain/documents/build.ts';
import { Commit } from '../../shared/domain/documents/commit.ts';
import { Delivery } from '../../shared/domain/documents/delivery.ts';
import { GateResult } from '../../shared/domain/documents/gate.ts';
import { StandingHold } from '../../shared/domain/documents/hold.ts';
import { Move } from '../../shared/domain/documents/move.ts';
import { Poison } from '../../shared/domain/documents/poison.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { Deploy, Service } from '../../shared/domain/documents/service.ts';
import { Tag } from '../../shared/domain/documents/tag.ts';
import type { DocumentKind } from '../../shared/domain/journeys/steps.ts';
import * as collections from '../../shared/records/collections.ts';
import { type Collection, keyOf } from '../../shared/records/collections.ts';
import { type RecordQuery, type Records, refByKey } from '../../shared/records/records.ts';

/** A kind of document as the API shows it. */
export type Kind = {
  readonly kind: DocumentKind;
  readonly whole: z.ZodObject;
  /** As it stands in a list: without what is long. */
  readonly short: z.ZodObject;
  readonly page: z.ZodObject;
  /** The fields that its key is made of. */
  readonly key: readonly string[];
  get(records: Records, key: string): Promise<object | undefined>;
  /** Short documents with their keys. */
  query(records: Records, query: RecordQuery): Promise<readonly { key: string; document: object }[]>;
};

export const DeliverySummary = Delivery.omit({ body: true });
export const BuildSummary = Build.omit({ log: true });
export type BuildSummary = z.infer<typeof BuildSummary>;
export const DeploySummary = Deploy.omit({ log: true });

const {
  deliveries,
  commits,
  branches,
  builds,
  tags,
  moves,
  services,
  deploys,
  promotions,
  gates,
  holds,
  poison,
} = collections;

export const kinds: readonly Kind[] = [
  kind('deliveries', deliveries, { whole: Delivery, short: DeliverySummary, key: ['source', 'id'] }),
  kind('commits', commits, { whole: Commit, key: ['repo', 'sha'] }),
  kind('branches', branches, { whole: Branch, key: ['repo', 'branch'] }),
  kind('builds', builds, { whole: Build, short: BuildSummary, key: ['image', 'commit'] }),
  kind('tags', tags, { whole: Tag, key: ['image', 'tag'] }),
  kind('moves', moves, { whole: Move, key: ['image', 'tag', 'sequence'] }),
  kind('services', services, { whole: Service, key: ['target', 'service'] }),
  kind('deploys', deploys, { whole: Deploy, short: DeploySummary, key: ['target', 'service', 'sequence'] }),
  kind('promotions', promotions, { whole: Promotion, key: ['number'] }),
  kind('gates', gates, { whole: GateResult, key: ['image', 'digest', 'gate'] }),
  kind('holds', holds, { whole: StandingHold, key: ['number'] }),
  kind('poison', poison, { whole: Poison, key: ['id'] }),
];

type Shape = { readonly whole: z.ZodObject; readonly short?: z.ZodObject; readonly key: readonly string[] };

function kind<T extends object>(
  name: DocumentKind,
  collection: Collection<T>,
  { whole, short = whole, key }: Shape,
): Kind {
  const page = z.object({
    items: z.array(short),
    next: z.string().optional().describe('Where the next page begins, for ?after=; absent on the last page.'),
  });
  return {
    kind: name,
    whole,
    short,
    page,
    key,
    get: (records, parts) => records.get(refByKey(collection, parts)),
    query: async (records, query) =>
      (await records.query(collection, query)).map(document => ({
        key: keyOf(collection.parts(document)),
        document: short.parse(document),
      })),
  };
}
