import { type Digest, shortDigest } from '../names/digest.ts';
import { type Judging, judgeReference, type ReferenceVerdict } from './judge-reference.ts';
import type { Reference } from './references.ts';

/** A reference with the path of its file. */
export type PlacedReference = Reference & { readonly path: string };

type Held = Extract<ReferenceVerdict, { kind: 'held' }>;

/** What the references to one image say together. */
export type ReferencesSummary =
  | { readonly state: 'running'; readonly digest: Digest }
  | { readonly state: 'updating'; readonly reason: string }
  | { readonly state: 'absent' }
  | { readonly state: 'held'; readonly reason: string };

/**
 * `running` when all references carry one and the same digest, `held` when a person's word stands at one of them,
 * `updating` when they differ or name a tag, `absent` when there are none.
 */
export function summariseReferences(
  references: readonly PlacedReference[],
  judging: Judging,
): ReferencesSummary {
  const [first] = references;
  if (first === undefined) return { state: 'absent' };
  const held = references.flatMap(reference => {
    const verdict = judgeReference(reference, judging);
    return verdict.kind === 'held' ? [heldReason(reference, verdict)] : [];
  });
  if (held.length > 0) return { state: 'held', reason: held.join('; ') };
  const digests = new Set(references.map(({ image }) => image?.digest));
  const [only] = digests;
  if (digests.size === 1 && only !== undefined) return { state: 'running', digest: only };
  const tagged = references.find(({ image }) => image?.digest === undefined);
  if (tagged !== undefined) {
    const { path, line, text } = tagged;
    return { state: 'updating', reason: `${path}:${line} names "${text}", which is no digest` };
  }
  const short = [...digests].flatMap(each => (each === undefined ? [] : [shortDigest(each)]));
  return { state: 'updating', reason: `its references carry different digests: ${short.join(', ')}` };
}

/** `path:line names "reference": reason`. */
export function heldReason({ path, line, text }: PlacedReference, { reason }: Held): string {
  return `${path}:${line} names "${text}": ${reason}`;
}
