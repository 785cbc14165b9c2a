import { once } from 'node:events';

/** npm, shells and the process that handed over may pass on a Ctrl-C that the terminal sent to all of them. */
const SAME_MS = 500;
/** As a shell says of what Ctrl-C ended. */
const INTERRUPTED = 130;

/** Aborted at the first Ctrl-C (or SIGTERM, or a terminal that goes away); a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const stop = () => {
    first ??= performance.now();
    if (performance.now() - first > SAME_MS) process.exit(INTERRUPTED);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return controller.signal;
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
