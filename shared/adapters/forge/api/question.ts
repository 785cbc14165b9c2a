/**
 * The `Authorization` header to send; nothing for nobody in particular. Given one that was rejected it may find a
 * better one, and gives the same again when there is none.
 */
export type Authorization = (rejected?: string) => Promise<string | undefined>;

/** One request to a forge, and what is to be said if it fails. */
export type Question = {
  /** Goes into `Cannot ...`: `read commit 1234 of repo "app"`. */
  readonly doing: string;
  readonly method?: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly authorization: Authorization;
  /** Any other status is an error. */
  readonly expects: readonly number[];
  /** The body is an archive or a file: there is more time for it. */
  readonly transfer?: boolean;
  /** What a person can do about a status that will not change by itself. */
  readonly advise: (status: number) => string;
};
