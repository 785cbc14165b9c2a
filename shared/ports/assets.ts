/** A file that is served as it is, the same for everybody. */
export type Asset = {
  readonly type: string;
  readonly body: Uint8Array;
  /** A strong entity tag, quotes included. https://www.rfc-editor.org/rfc/rfc9110#field.etag */
  readonly etag: string;
};

/** Files by the path that they are served at, e.g. `/page/page.js`. */
export type Assets = ReadonlyMap<string, Asset>;
