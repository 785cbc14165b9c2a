/** One HTTP request, read whole. Header names are lower case; the body is the raw bytes. */
export type HttpRequest = {
  readonly method: string;
  /** Path without query, percent-encoding as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An iterable is streamed as it comes. */
  readonly body?: string | Uint8Array | AsyncIterable<string>;
};

export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>;
