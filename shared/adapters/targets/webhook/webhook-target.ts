import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { isDigest } from '../../../domain/names/digest.ts';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Answer, Observation, Target } from '../../../ports/target.ts';
import type { Http } from '../../http/http.ts';
import { createToldMemory } from '../told/told-memory.ts';
import { createToldTarget, type Telling } from '../told/told-target.ts';
import { createReceiver, type Receiver } from './receiver.ts';

export type WebhookTargetOptions = {
  /** Receives the POST; `{service}` in it is replaced by what the target calls the service. */
  readonly url: string;
  /** The key of the signature. */
  readonly secret: string;
  /** Answers GET with what runs; `{service}` is replaced likewise. */
  readonly observe?: string | undefined;
  /** Takes secrets out of what the receiver wrote. */
  readonly redact: (text: string) => string;
  /** A folder of the target's own, for what it remembers. */
  readonly root: string;
  readonly http: Http;
  /** Milliseconds until an answer must be there; half a minute when absent. */
  readonly deadline?: number;
};

/** What a 423 says: a person keeps it as it is. https://www.rfc-editor.org/rfc/rfc4918#section-11.3 */
const LOCKED = 423;
const Seen = z.object({ digest: z.string().nullable() });

/**
 * Deploys by telling somebody else in a signed POST, whose body is JSON: `service` (what the target calls it),
 * `image` (`registry/repository@digest`), `digest`, `delivery` (the same for a repeat, another for each change),
 * and where they are known `previous` (the digest that ran before) and `commit`. The header
 * X-Headway-Signature-256 is `sha256=` and the HMAC-SHA256 of the body's bytes in hex, as GitHub signs:
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * An answer of 2xx has taken it, 423 holds the service as it is; 429, 5xx and silence are tried again by whoever
 * calls; any other answer is a failure. Redirects are not followed: the signature is for this receiver only.
 *
 * GET of `observe` is answered with the digest that runs, plain or as `{ "digest" }`; with 204, 404, nothing or
 * null when it does not run; with 423 when a person keeps it as it is.
 *
 * @throws {PermanentError} for an address that is no http or https URL.
 */
export function createWebhookTarget(options: WebhookTargetOptions): Target {
  const { url, secret, observe, root } = options;
  const receiver = createReceiver(url, options);
  const observer = observe === undefined ? undefined : createReceiver(observe, options);

  async function tell({ order, workload, previous, delivery, signal }: Telling): Promise<Answer> {
    const { name, image, commit } = order;
    const text = JSON.stringify({
      service: workload,
      image: `${repositoryName(image)}@${image.digest}`,
      digest: image.digest,
      ...(previous !== undefined && { previous }),
      ...(commit !== undefined && { commit }),
      delivery,
    });
    const body = Buffer.from(text);
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = {
      'Content-Type': 'application/json',
      'X-Headway-Delivery': delivery,
      'X-Headway-Signature-256': signature,
    };
    const call = { method: 'POST', headers, body, signal } as const;
    const doing = `deploy "${name}"`;
    const { status, words } = await receiver(workload, { doing, call, expects: [LOCKED] });
    if (status !== LOCKED) return { kind: 'accepted', note: `the receiver answered ${status}` };
    return { kind: 'held', reason: words || 'the receiver keeps it as it is (423)' };
  }

  async function look(ask: Receiver, workload: string): Promise<Observation> {
    const doing = `see what runs of "${workload}"`;
    const answer = await ask(workload, { doing, call: { method: 'GET' }, expects: [LOCKED, 404] });
    const { status, words } = answer;
    if (status === LOCKED) return { state: 'held', reason: words || 'the receiver keeps it as it is (423)' };
    const digest = status === 404 ? '' : digestIn(answer.text);
    if (digest === '') return { state: 'absent' };
    if (isDigest(digest)) return { state: 'running', digest };
    throw new Error(`Cannot ${doing}: expected a digest, plain or as { "digest" }; the answer was: ${words}`);
  }

  return createToldTarget({
    memory: createToldMemory(root),
    tell,
    look: observer === undefined ? undefined : workload => look(observer, workload),
  });
}

/** Nothing for null and for an empty answer; whatever else stands there as it is. */
function digestIn(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    return Seen.parse(JSON.parse(text)).digest ?? '';
  } catch {
    return text;
  }
}
