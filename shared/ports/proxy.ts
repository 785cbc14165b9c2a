/** Requests for a host, and a path and all below it, and the port of the container that answers them. */
export type Route = {
  readonly host: string;
  /** Absent: every path that no other route of the host has. */
  readonly path?: string | undefined;
  readonly port: number;
};

/** Where requests from outside are told which container answers them. */
export interface ReverseProxy {
  /**
   * From now on the routes of this service lead to this address, and no others do. What leads there already is left
   * as it is, so that it can be asked at any time; what the proxy forgot is set again. Requests under way are not touched.
   *
   * @throws {ProxyError} when that is not so now.
   */
  point(service: string, routes: readonly Route[], upstream: string): Promise<void>;
}

/** The proxy could not be told. The message says why, and what to do. */
export class ProxyError extends Error {
  override name = 'ProxyError';
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly temporary: boolean;

  constructor(
    message: string,
    { temporary, cause }: { readonly temporary: boolean; readonly cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.temporary = temporary;
  }
}
