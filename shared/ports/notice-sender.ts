import type { BuildNotice } from '../domain/deliveries/parse-notice.ts';

/** Tells headway, wherever it runs, what was built. */
export interface NoticeSender {
  /** For people. */
  readonly to: string;
  /**
   * Resolves once the notice is stored. Safe to repeat.
   *
   * @throws when it is not: the image is built, and nobody knows of it.
   */
  send(notice: BuildNotice, signal?: AbortSignal): Promise<void>;
}
