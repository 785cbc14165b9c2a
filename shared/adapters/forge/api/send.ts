import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ForgeError } from '../../../ports/forge-error.ts';
import { discard, type Http, type Response } from '../../http/http.ts';
import { BLIPS, isConnectionCode, retrying } from '../../http/retries.ts';
import { failure, refusal, shown } from './failures.ts';
import type { Question } from './question.ts';

/**
 * Asks, tries blips again, renews what logs in once when it is rejected, and follows redirects of reading.
 * @throws {ForgeError} what may pass by itself: the connection, the deadline, a limit, an error of the server
 * @throws {PermanentError} what somebody has to mend
 */
export type Send = (question: Question) => Promise<Response>;

export type Timeouts = {
  /** Milliseconds for an answer with its document. */
  readonly answer: number;
  /** Milliseconds for a whole archive. */
  readonly transfer: number;
};

type Wiring = { readonly http: Http; readonly clock: Clock; readonly timeouts: Timeouts };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;
/** GitHub lists up to 100,000 files in one answer, and shows up to 300 changed ones in a comparison. */
const MOST_BYTES = 64 * 1024 * 1024;

export function createSend({ http, clock, timeouts }: Wiring): Send {
  return question => retrying(() => attempt(question), { judge: judgeBlip });

  async function attempt(question: Question): Promise<Response> {
    try {
      const sent = await question.authorization();
      const { response, authorization } = await renewed(question, sent);
      const last = await redirected(question, { response, authorization });
      if (question.expects.includes(last.status)) return last;
      throw await refusal(question, { response: last, sent: authorization, now: clock.now() });
    } catch (error) {
      throw failure(question, error);
    }
  }

  async function renewed(question: Question, sent: string | undefined) {
    const response = await once(question, question.url, sent);
    if (response.status !== 401 || sent === undefined) return { response, authorization: sent };
    const better = await question.authorization(sent);
    if (better === sent) return { response, authorization: sent };
    await discard(response);
    return { response: await once(question, question.url, better), authorization: better };
  }

  /** What logs in goes to the forge itself only, and nothing goes from https to plain http. */
  async function redirected(
    question: Question,
    from: { readonly response: Response; readonly authorization: string | undefined },
  ): Promise<Response> {
    let { response } = from;
    for (let count = 0; REDIRECTS.has(response.status) && question.method !== 'POST'; count++) {
      const next = targetOf(question, response);
      if (count === MOST_REDIRECTS) throw new PermanentError(`Cannot ${question.doing}: too many redirects`);
      await discard(response);
      const isHome = next.origin === question.url.origin;
      response = await once(question, next, isHome ? from.authorization : undefined);
    }
    return response;
  }

  function once(question: Question, url: URL, authorization: string | undefined): Promise<Response> {
    const { method = 'GET', headers, body, transfer } = question;
    return http({
      method,
      url,
      headers: { ...headers, ...(authorization !== undefined && { Authorization: authorization }) },
      ...(body !== undefined && { body }),
      deadline: transfer ? timeouts.transfer : timeouts.answer,
      limit: MOST_BYTES,
    });
  }

  function judgeBlip(error: unknown): false | { readonly after: number | undefined } {
    if (!(error instanceof ForgeError)) return false;
    if (!BLIPS.has(error.status ?? 0) && !isConnectionCode(error.code ?? '')) return false;
    return { after: error.until === undefined ? undefined : Date.parse(error.until) - clock.now() };
  }
}

function targetOf({ doing }: Question, response: Response): URL {
  const next = URL.parse(response.headers.get('location') ?? '', response.url);
  const here = new URL(response.url);
  if (next === null || response.headers.get('location') === null) {
    throw new PermanentError(
      `Cannot ${doing}: ${shown(here)} answered ${response.status} without a usable Location; check the address of the API`,
    );
  }
  if (next.protocol === 'https:' || next.protocol === here.protocol) return next;
  throw new PermanentError(
    `Cannot ${doing}: ${shown(here)} leads to ${shown(next)}, which is not encrypted; use an address with https`,
  );
}
