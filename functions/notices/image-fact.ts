import type { ImageReference } from '../../shared/domain/names/image-reference.ts';

/** What a delivery says of one image: a notice, or a push that was seen at its registry. */
export type ImageFact = {
  /** Repository and tag. */
  readonly image: ImageReference & { readonly tag: string };
  readonly repo?: string;
  readonly status: 'building' | 'succeeded' | 'failed';
  readonly digest?: string;
  readonly buildId?: string;
  readonly startedAt?: string;
  readonly parentDigest?: string;
  readonly message?: string;
  /** What headway's own builder names it by. */
  readonly own?: { readonly image: string; readonly commit: string };
};
