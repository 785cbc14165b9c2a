import { keepsSecretInPath } from '../../shared/domain/configuration/hooks.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { problem } from '../../shared/domain/problem.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../../shared/ports/http.ts';
import { isAuthentic } from './authenticate.ts';
import type { Hook, Hooks } from './hooks.ts';
import { parsePath, payloadText } from './parse.ts';
import { readDelivery } from './read-delivery.ts';
import { storeDelivery } from './store-delivery.ts';

/** GitHub caps payloads at 25 MB. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const BODY_LIMIT = 25 * 1024 * 1024;
const RETRY_AFTER_S = '10';

/**
 * Verifies a webhook, stores it, and only then says so: 202 `{ id }`, or 200 when it was here before. Every other
 * answer is problem+json, and means that nothing was stored: 400 (malformed), 401 (the secret is missing or
 * wrong, which look the same), 404 (no such hook), 405, 413, 415, 503 (try again).
 */
export function createHooks(its: Hooks): HttpHandler {
  return async function hooks(request) {
    const { source = '', inPath } = parsePath(request.path) ?? {};
    const settings = settingsOf(its, source, inPath);
    const secret = settings === undefined ? '' : its.secret(source);
    if (settings === undefined || secret === '') {
      return problem(404, 'Cannot find this hook: the configuration names no such source');
    }
    if (request.method !== 'POST') {
      return problem(405, 'Cannot take this method: send webhooks with POST', { allow: 'POST' });
    }
    if (request.body.length > BODY_LIMIT) return problem(413, 'Cannot accept a body of more than 25 MB');
    const hook = { source, kind: settings.kind };
    if (!isAuthentic(its.signatures, { hook: settings, secret, request, inPath })) {
      its.log.warn('Webhook refused', { ...hook, reason: 'its signature or secret is missing or wrong' });
      return problem(401, 'Cannot accept the webhook: its signature or secret is missing or wrong');
    }
    return answer(its, hook, request);
  };
}

/** A longer path is no hook, unless the hook's secret may be there. */
function settingsOf({ hooks }: Hooks, source: string, inPath: string | undefined) {
  const hook = Object.hasOwn(hooks, source) ? hooks[source] : undefined;
  return hook === undefined || (inPath !== undefined && !keepsSecretInPath(hook)) ? undefined : hook;
}

async function answer(its: Hooks, hook: Hook, request: HttpRequest): Promise<HttpAnswer> {
  const read = readOrRefuse(its, hook, request);
  if ('refusal' in read) return read.refusal;
  try {
    const { isNew, id } = await storeDelivery(its, read.delivery);
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    return { status: isNew ? 202 : 200, headers, body: JSON.stringify({ id }) };
  } catch (error) {
    its.log.error('Webhook not stored', { ...hook, id: read.delivery.id, error });
    return problem(503, 'Cannot store the webhook now: send it again', { 'retry-after': RETRY_AFTER_S });
  }
}

type Read = { readonly delivery: Delivery } | { readonly refusal: HttpAnswer };

function readOrRefuse(its: Hooks, hook: Hook, request: HttpRequest): Read {
  try {
    const text = payloadText(hook.kind, request);
    if (text !== undefined) return { delivery: readDelivery(its, hook, { request, text }) };
    return {
      refusal: problem(415, 'Cannot read this kind of body: send JSON, or a form with the field "payload"'),
    };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const reason = its.redact(error.message);
    its.log.warn('Webhook refused', { ...hook, reason });
    return { refusal: problem(400, reason) };
  }
}
