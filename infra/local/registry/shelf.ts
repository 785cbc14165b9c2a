import type { Digest } from '../../../shared/domain/names/digest.ts';
import type { Exchange } from './answers.ts';
import type { ContentStore } from './content-store.ts';
import type { Repositories } from './repositories.ts';
import type { Turns } from './turns.ts';
import type { Uploads } from './uploads.ts';

/** A manifest that was stored, by tag or by digest alone. */
export type Push = {
  readonly repository: string;
  readonly tag?: string;
  readonly digest: Digest;
  readonly mediaType: string;
};

/** Everything that an endpoint works with. */
export type Shelf = {
  readonly content: ContentStore;
  readonly repositories: Repositories;
  readonly uploads: Uploads;
  /** By repository: what looks at content and then writes must not meet a deletion. */
  readonly turns: Turns;
  readonly onPush: (push: Push) => void | Promise<void>;
  readonly pageSize: number;
};

/** A request, on its way through. */
export type Visit = Exchange & { readonly shelf: Shelf; readonly query: URLSearchParams };
