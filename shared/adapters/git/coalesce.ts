/**
 * Runs the work one at a time. Whoever asks while it is under way shares one further run that begins after it, so
 * that the result is never older than the question.
 */
export function coalesce<R>(work: () => Promise<R>): () => Promise<R> {
  let running: Promise<R> | undefined;
  let next: Promise<R> | undefined;
  function start(): Promise<R> {
    const run = work().finally(() => {
      if (running === run) running = undefined;
    });
    running = run;
    return run;
  }
  return function ask(): Promise<R> {
    if (running === undefined) return start();
    next ??= running.then(proceed, proceed);
    return next;
  };
  function proceed(): Promise<R> {
    next = undefined;
    return start();
  }
}
