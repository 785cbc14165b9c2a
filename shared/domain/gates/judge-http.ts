import { z } from 'zod';
import type { Verdict } from './judge-exit.ts';

export type HttpSaid = { readonly status: number; readonly text: string };

const Said = z.object({ passed: z.boolean().optional(), reason: z.string().optional() });
/** Whoever was asked is away or does not let us in: that says nothing about the image. */
const NO_ANSWER = new Set([401, 403, 407, 408, 425, 429]);
const LONGEST = 300;

/** What an answer says: 2xx passes, unless its JSON says otherwise. Redirects are not followed. */
export function judgeHttp({ status, text }: HttpSaid): Verdict {
  const said = Said.safeParse(jsonOf(text)).data;
  const why = said?.reason === undefined ? '' : `: ${oneLine(said.reason)}`;
  if (status >= 500 || NO_ANSWER.has(status) || (status >= 300 && status < 400)) {
    return { kind: 'blocked', reason: `it answered ${status}${why}` };
  }
  const passed = status >= 200 && status < 300 && said?.passed !== false;
  return { kind: passed ? 'passed' : 'failed', reason: `it answered ${status}${why}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\p{C}+/gu, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
