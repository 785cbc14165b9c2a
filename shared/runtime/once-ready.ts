import { problem } from '../domain/problem.ts';
import type { HttpHandler } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';

/** In seconds: about as long as a configuration is kept before it is looked for again. */
const RETRY_AFTER = '30';

/**
 * A handler that is made of something outside, such as the configuration in force and its secrets. While that
 * cannot be had, every request is answered 503 with `Retry-After` and the log says what is missing.
 */
export function onceReady(made: () => Promise<HttpHandler>, log: Log): HttpHandler {
  return async request => {
    const handler = await made().catch((error: unknown) => {
      log.error('Not ready to serve', { error });
      return notReady;
    });
    return handler(request);
  };
}

const notReady: HttpHandler = async () =>
  problem(503, 'Cannot answer yet: headway is not set up, or not reachable; its log tells what is missing', {
    'retry-after': RETRY_AFTER,
  });
