import { createPushTokenVerifier } from '../adapters/google/verify-push-token.ts';
import { problem } from '../domain/problem.ts';
import type { HttpHandler } from '../ports/http.ts';
import type { CloudGround } from './cloud-ground.ts';

/**
 * Only who carries a token of the one account that may call gets in. On Google Cloud the platform asks the same in
 * front of us (roles/run.invoker); we ask again, so that one wrong binding opens nothing. The Pub/Sub emulator
 * sends no token: there HEADWAY_CALLER is not set.
 */
export function forOurCaller({ environment, log }: CloudGround, handler: HttpHandler): HttpHandler {
  const { HEADWAY_CALLER: serviceAccount, HEADWAY_OWN_URL: audience } = environment;
  if (serviceAccount === undefined || audience === undefined) return handler;
  const verify = createPushTokenVerifier({ audience, serviceAccount });
  return async request => {
    const verdict = await verify(request.headers['authorization']);
    if (verdict.kind === 'verified') return handler(request);
    log.error('Caller refused', { reason: verdict.reason });
    return problem(401, 'Cannot accept the call: its token is missing, or is not of the one that may call');
  };
}
