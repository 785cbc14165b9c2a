/** A time that begins when it is begun, and again whenever that is done again. */
export type Deadline = {
  readonly signal: AbortSignal;
  begin(): void;
  /** Whoever is done lets go of the timer. */
  end(): void;
};

export function createDeadline(lasts: number): Deadline {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: over.signal,
    begin() {
      clearTimeout(timer);
      timer = setTimeout(() => over.abort(new Error('The time is over')), lasts);
    },
    end() {
      clearTimeout(timer);
    },
  };
}
