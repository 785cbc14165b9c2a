/** Time is passed in, so that decisions can be tested at any moment. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}
