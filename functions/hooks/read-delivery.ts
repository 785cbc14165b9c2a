import { instant } from '../../shared/domain/claims.ts';
import { judgePayload } from '../../shared/domain/deliveries/judge-payload.ts';
import { stripSecrets } from '../../shared/domain/deliveries/strip-secrets.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import type { HttpRequest } from '../../shared/ports/http.ts';
import type { Hook, Hooks } from './hooks.ts';
import { deliveryIdOf, eventOf } from './parse.ts';

/**
 * The document of a webhook that has just come, without secrets.
 *
 * @throws {PermanentError} when the webhook is malformed, naming what is wrong.
 */
export function readDelivery(
  { hooks, redact, signatures, clock, keepFor }: Hooks,
  { source, kind }: Hook,
  { request, text }: { readonly request: HttpRequest; readonly text: string },
): Delivery {
  const { event, topic, ignored } = judgePayload({
    kind,
    event: eventOf(kind, request.headers),
    body: text,
    hook: hooks[source],
  });
  const given = deliveryIdOf(kind, request.headers);
  const now = clock.now();
  const receivedAt = instant(now);
  return {
    source,
    id: given !== undefined && redact(given) === given ? given : signatures.sha256(request.body),
    kind,
    event: redact(event),
    topic,
    receivedAt,
    repeats: 0,
    body: stripSecrets(text, redact),
    expireAt: instant(now + keepFor),
    attempts: 0,
    ...(ignored === undefined
      ? { status: 'waiting', due: receivedAt }
      : { status: 'ignored', outcome: redact(ignored), settledAt: receivedAt }),
  };
}
