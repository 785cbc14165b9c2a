import type { z } from 'zod';
import { Branch } from '../domain/documents/branch.ts';
import { Build } from '../domain/documents/build.ts';
import { Commit, Order } from '../domain/documents/commit.ts';
import {
  AdoptedConfiguration,
  ConfigurationVersion,
  CurrentConfiguration,
} from '../domain/documents/configuration-version.ts';
import { Delivery } from '../domain/documents/delivery.ts';
import { GateResult } from '../domain/documents/gate.ts';
import { GitTag } from '../domain/documents/git-tag.ts';
import { StandingHold } from '../domain/documents/hold.ts';
import { Lane } from '../domain/documents/lane.ts';
import { Move } from '../domain/documents/move.ts';
import { Poison } from '../domain/documents/poison.ts';
import { Promotion, PromotionRegister } from '../domain/documents/promotion.ts';
import { Pull } from '../domain/documents/pull.ts';
import { QueuePause } from '../domain/documents/queue-pause.ts';
import { Deploy, Service } from '../domain/documents/service.ts';
import { Stack } from '../domain/documents/stack.ts';
import { Survey } from '../domain/documents/survey.ts';
import { Tag } from '../domain/documents/tag.ts';
import { resultName } from '../domain/gates/gate-results.ts';
import { formatKey } from '../domain/names/document-key.ts';

/** A kind of document: where it is kept, what it must look like, and what makes its key. */
export type Collection<T, Parts extends readonly (string | number)[] = readonly (string | number)[]> = {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** The parts of the key, from the document. */
  readonly parts: (document: T) => Parts;
};

/** Ledger entries and deploys are keyed so that key order is their order. */
const SEQUENCE_DIGITS = 8;

export const deliveries = define('deliveries', Delivery, d => [d.source, d.id] as const);
export const commits = define('commits', Commit, d => [d.repo, d.sha] as const);
export const orders = define('orders', Order, d => [d.repo, d.a, d.b] as const);
export const branches = define('branches', Branch, d => [d.repo, d.branch] as const);
/** Git tags, by which releases are named; beside the tags of images. */
export const gitTags = define('gittags', GitTag, d => [d.repo, d.name] as const);
export const pulls = define('pulls', Pull, d => [d.repo, d.number] as const);
export const builds = define('builds', Build, d => [d.image, d.commit] as const);
export const tags = define('tags', Tag, d => [d.image, d.tag] as const);
export const moves = define('moves', Move, d => [d.image, d.tag, d.sequence] as const);
export const services = define('services', Service, d => [d.target, d.service] as const);
export const deploys = define('deploys', Deploy, d => [d.target, d.service, d.sequence] as const);
export const promotions = define('promotions', Promotion, d => [d.number] as const);
export const gates = define('gates', GateResult, d => [d.image, d.digest, resultName(d)] as const);
export const holds = define('holds', StandingHold, d => [d.number] as const);
export const lanes = define('lanes', Lane, d => [d.target] as const);
export const surveys = define('surveys', Survey, d => [d.id] as const);
export const stacks = define('stacks', Stack, d => [d.repo] as const);
export const poison = define('poison', Poison, d => [d.id] as const);
export const configurations = define('configurations', ConfigurationVersion, d => [d.version] as const);
/** What is in force now, of things that are kept in versions. */
export const pointers = define('pointers', CurrentConfiguration, () => ['configuration'] as const);
export const adoptions = define('pointers', AdoptedConfiguration, () => ['adopted'] as const);
export const queuePauses = define('pointers', QueuePause, () => ['builds'] as const);
export const promotionRegister = define('pointers', PromotionRegister, () => ['promotions'] as const);

/** The key of a document from its parts; numbers are padded so that text order is their order. */
export function keyOf(parts: readonly (string | number)[]): string {
  return formatKey(
    ...parts.map(part => (typeof part === 'number' ? String(part).padStart(SEQUENCE_DIGITS, '0') : part)),
  );
}

function define<T, const Parts extends readonly (string | number)[]>(
  name: string,
  schema: z.ZodType<T>,
  parts: (document: T) => Parts,
): Collection<T, Parts> {
  return { name, schema, parts };
}
