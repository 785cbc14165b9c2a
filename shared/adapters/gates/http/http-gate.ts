import type { GateConfiguration } from '../../../domain/configuration/gates.ts';
import { milliseconds } from '../../../domain/durations.ts';
import { judgeHttp } from '../../../domain/gates/judge-http.ts';
import { fillIn, type Subject } from '../../../domain/gates/words.ts';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import type { Gate, GateAnswer } from '../../../ports/gate.ts';
import { bytesOf, type Http } from '../../http/http.ts';

type Options = Pick<Extract<GateConfiguration, { kind: 'http' }>, 'method' | 'url' | 'timeout'> & {
  /** The gate's own name, for whoever is asked. */
  readonly name: string;
  readonly http: Http;
};

const MOST_BYTES = 64 * 1024;

/**
 * Asks somebody over HTTP. The URL may be a secret, so that no message holds more of it than its origin.
 */
export function createHttpGate({ name, method, url, timeout, http }: Options): Gate {
  return {
    async ask(question, output, signal) {
      const address = addressOf(url, question);
      const deadline = milliseconds(timeout);
      const body = new TextEncoder().encode(JSON.stringify({ gate: name, ...wordsOf(question) }));
      const sent = method === 'POST' ? { body, headers: { 'content-type': 'application/json' } } : {};
      try {
        const response = await http({ method, url: address, deadline, limit: MOST_BYTES, signal, ...sent });
        const text = new TextDecoder().decode(await bytesOf(response));
        const lines = text.split(/\r?\n/).filter(line => line !== '');
        for (const line of [`${method} ${address.origin} answered ${response.status}`, ...lines])
          output(line);
        return judgeHttp({ status: response.status, text });
      } catch (error) {
        signal.throwIfAborted();
        return withoutAnswer(error, { origin: address.origin, timeout });
      }
    },
  };
}

function withoutAnswer(
  error: unknown,
  { origin, timeout }: { readonly origin: string; readonly timeout: string },
): GateAnswer {
  if (error instanceof Error && error.name === 'TimeoutError')
    return { kind: 'failed', reason: `${origin} did not answer within ${timeout}` };
  // The client's own words hold the whole address.
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return { kind: 'blocked', reason: `${origin} could not be asked${code}` };
}

function wordsOf({ image, reference, commit, tag }: Subject) {
  return { name: image, image: formatImageReference(reference), digest: reference.digest, commit, tag };
}

/** @throws {Error} for an address that is none, without a word of it. */
function addressOf(url: string, { reference, commit, ...subject }: Subject): URL {
  const encoded = url
    .trim()
    .replaceAll('{image}', encodeURIComponent(formatImageReference(reference)))
    .replaceAll('{tag}', encodeURIComponent(subject.tag));
  const [filled = ''] = fillIn([encoded], { ...subject, reference, commit });
  const parsed = URL.parse(filled);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new Error('its address is no http or https URL; correct it');
}
