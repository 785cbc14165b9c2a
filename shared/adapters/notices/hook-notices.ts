import { z } from 'zod';
import { formatNotice } from '../../domain/deliveries/format-notice.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { NoticeSender } from '../../ports/notice-sender.ts';
import { createHttp } from '../http/http.ts';
import { createJsonApi } from '../http/json-api.ts';

type Options = {
  /** Of a hook of the kind `notices`: `https://headway.example.com/hooks/NAME`. */
  readonly url: URL;
  /** Of that hook. */
  readonly secret: string;
  /** Milliseconds for one answer. */
  readonly deadline?: number;
};

/** Sends notices to a hook of headway, which answers once it has stored them. */
export function createHookNotices({ url, secret, deadline = 15_000 }: Options): NoticeSender {
  const ask = createJsonApi({
    http: createHttp({ userAgent: 'headway' }),
    base: url.origin,
    authorization: async () => `Bearer ${secret}`,
    advise: status =>
      status === 401
        ? 'send the secret that headway.yaml names for this hook'
        : 'check that the address is that of a hook of the kind notices',
    deadline,
  });
  const to = `${url.origin}${url.pathname}`;
  return {
    to,
    async send(notice, signal) {
      const call = {
        doing: `tell headway of ${notice.image.repository}`,
        method: 'POST' as const,
        path: url.pathname.slice(1),
        body: JSON.parse(formatNotice(notice)),
        signal,
      };
      const answer = await ask(call, z.looseObject({ id: z.string() }));
      if (answer !== undefined) return;
      throw new PermanentError(
        `Cannot ${call.doing}: ${to} has no such hook; add one of the kind notices to headway.yaml`,
      );
    },
  };
}
