type Details = {
  readonly status?: number;
  /** When the forge will answer again, where it said so: RFC 3339. */
  readonly until?: string;
  /** How Node calls what happened to the connection, e.g. `ECONNRESET`. */
  readonly code?: string;
  readonly cause?: unknown;
};

/**
 * Something could not be learned from a forge now, and may be learned later without anybody changing anything.
 * Never the same as "unknown". The message says what was tried, the answer, and until when to wait where the forge
 * said so; there is no secret in it.
 */
export class ForgeError extends Error {
  override name = 'ForgeError';
  readonly status: number | undefined;
  readonly until: string | undefined;
  readonly code: string | undefined;

  constructor(message: string, { status, until, code, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.until = until;
    this.code = code;
  }
}
