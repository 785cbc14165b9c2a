import type { Digest } from '../names/digest.ts';
import { judgeReference, type ReferenceVerdict, type WrittenBefore } from './judge-reference.ts';
import type { Reference } from './references.ts';

export type Rewritten = {
  readonly text: string;
  /** Every reference to one of the wanted repositories, with what became of it. */
  readonly judged: readonly (Reference & { readonly verdict: ReferenceVerdict })[];
};

/**
 * Makes every reference to a wanted repository `name@digest`, in parts where it is written in parts, unless a person's word stands there. The name stays
 * as it is spelled, and every byte around the reference stays as it is.
 *
 * @param text the manifest in which the references were found.
 * @param wanted the digest for each `registry/repository`; all other images are left alone.
 */
export function rewriteReferences(
  text: string,
  {
    references,
    wanted,
    written,
  }: {
    readonly references: readonly Reference[];
    readonly wanted: ReadonlyMap<string, Digest>;
    readonly written: WrittenBefore;
  },
): Rewritten {
  const pieces: string[] = [];
  const judged: Rewritten['judged'][number][] = [];
  let copied = 0;
  for (const reference of references) {
    const digest = wanted.get(reference.repository);
    if (digest === undefined) continue;
    const verdict = judgeReference(reference, { digest, written });
    judged.push({ ...reference, verdict });
    if (verdict.kind !== 'rewrite') continue;
    const before = reference.before ?? `${spelledName(reference.text)}@`;
    pieces.push(text.slice(copied, reference.start), `${before}${digest}`);
    copied = reference.end;
  }
  return { text: pieces.join('') + text.slice(copied), judged };
}

/** What is written in front of the tag and the digest. */
function spelledName(reference: string): string {
  const [beforeDigest = ''] = reference.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  return colon > beforeDigest.lastIndexOf('/') ? beforeDigest.slice(0, colon) : beforeDigest;
}
