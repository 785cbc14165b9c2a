/** Bytes that need not all be in memory: read as often as they are asked for. */
export type Streamed = { readonly size: number; content(): AsyncIterable<Uint8Array> };

/** What builds and gates leave beside their documents: logs, results, pages. Kept in folders, by path. */
export interface Artifacts {
  /** Stores the content whole or not at all, over what was there. Paths are relative, with slashes, without `..`. */
  put(path: string, content: string | Uint8Array | Streamed): Promise<void>;
  /** `undefined` where there is none. */
  get(path: string): Promise<Uint8Array | undefined>;
  /** The paths below a folder, in the order of their names. */
  list(folder: string): Promise<string[]>;
  /** Removes a folder and all below it; nothing where there is none. What is put meanwhile may stay. */
  remove(folder: string): Promise<void>;
}
