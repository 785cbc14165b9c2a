import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { Candidate, Tag } from '../../shared/domain/documents/tag.ts';
import { questionName } from '../../shared/domain/gates/gate-questions.ts';
import { gatesOfMove } from '../../shared/domain/gates/gates-of.ts';
import { gates } from '../../shared/records/collections.ts';
import { type RecordRef, refTo } from '../../shared/records/records.ts';
import type { ProdTag } from './prod-tag.ts';

/** An image that may be asked about, for a tag. */
export type Asked = Pick<Tag, 'image' | 'tag'> & Pick<Candidate, 'digest'>;

/** The images by digest that ask for a tag. */
export function askedBy({ image, tag, candidates }: Tag): Asked[] {
  return candidates.map(({ digest }) => ({ image, tag, digest }));
}

/** What is on record, or will be, of what a tag's gates say of images, each once. */
export function resultRefs({ configuration }: ProdTag, asked: readonly Asked[]): RecordRef<GateResult>[] {
  const refs = asked.flatMap(({ image, tag, digest }) =>
    gatesOfMove(configuration, tag).flatMap(({ name: gate, settings }) =>
      settings === undefined ? [] : [refTo(gates, image, digest, questionName(settings, { gate, tag }))],
    ),
  );
  return [...new Map(refs.map(ref => [ref.key, ref])).values()];
}

/** Whether all that asks for the tags now is among what was asked about. */
export function areAmong(asked: readonly Asked[], tags: readonly Tag[]): boolean {
  const keys = new Set(asked.map(keyOf));
  return tags.flatMap(askedBy).every(each => keys.has(keyOf(each)));
}

/** Tells those who ask gates of what is to be asked. */
export async function askGates({ hints }: ProdTag, questions: readonly GateResult[]): Promise<void> {
  await hints.publish(
    questions.map(question => {
      const { collection, key } = refTo(gates, ...gates.parts(question));
      return { topic: 'gates', collection, key } as const;
    }),
  );
}

function keyOf({ image, tag, digest }: Asked): string {
  return JSON.stringify([image, tag, digest]);
}
