import type { ExecutionContext } from 'ava';
import type { Answer, Observation } from '../../../shared/ports/target.ts';
import type { Early } from '../forge-servers/serve-routes.ts';

type Acts = { readonly observe: () => Promise<Observation>; readonly deploy: () => Promise<Answer> };
export type Trouble = {
  readonly title: string;
  /** What the API says in its own way of saying it. */
  readonly words: string;
  /** What AWS calls it. */
  readonly type: string;
  readonly answer: (said: unknown) => Early | Promise<Early>;
  /** How long the target waits for an answer, in milliseconds: long, so that a busy machine fails no test. */
  readonly deadline: number;
  readonly check: (t: ExecutionContext, acts: Acts) => Promise<void>;
};
type Row = {
  readonly title: string;
  readonly type?: string;
  readonly answer: Trouble['answer'];
  /** Somebody has to mend it, or it may pass by itself. */
  readonly kind: 'failed' | 'thrown';
  readonly says: RegExp;
  readonly deadline?: number;
};

/** A target that denies, is too busy, is broken, hangs or answers nonsense: never a claim that something is there. */
export function troubles({
  unauthorized = /answered 401/,
  denied = /answered 403/,
  busy = /answered 429.*it may work later after 60 s$/,
}: {
  unauthorized?: RegExp;
  denied?: RegExp;
  busy?: RegExp;
} = {}): Trouble[] {
  const rows: Row[] = [
    {
      title: 'says what to do about 401',
      type: 'UnrecognizedClientException',
      answer: body => ({ status: 401, body }),
      kind: 'failed',
      says: unauthorized,
    },
    {
      title: 'says what to do about 403',
      type: 'AccessDeniedException',
      answer: body => ({ status: 403, body }),
      kind: 'failed',
      says: denied,
    },
    {
      title: 'obeys Retry-After',
      type: 'ThrottlingException',
      answer: body => ({ status: 429, headers: { 'Retry-After': '60' }, body }),
      kind: 'thrown',
      says: busy,
    },
    {
      title: 'throws 500',
      type: 'ServerException',
      answer: body => ({ status: 500, body }),
      kind: 'thrown',
      says: /500.*it may work later$/,
    },
    {
      title: 'does not wait for a server that hangs',
      answer: () => new Promise<never>(() => {}),
      deadline: 300,
      kind: 'thrown',
      says: /did not answer in time/,
    },
    {
      title: 'throws a broken connection',
      answer: () => 'break',
      kind: 'thrown',
      says: /see whether .* is up/,
    },
    {
      title: 'does not believe nonsense',
      answer: () => ({ body: '<html>Welcome</html>' }),
      kind: 'failed',
      says: /did not answer as its API does.*; check the (?:address|endpoint)/,
    },
  ];
  return rows.map(({ title, type = '', answer, kind, says, deadline = 20_000 }) => ({
    title,
    type,
    words: 'denied',
    deadline,
    answer,
    async check(t, { observe, deploy }) {
      const seen = await observe();
      t.true(seen.state === 'unknown' && says.test(seen.reason), JSON.stringify(seen));
      if (kind === 'thrown') await t.throwsAsync(deploy, { message: says });
      else {
        const answer = await deploy();
        t.true(answer.kind === 'failed' && says.test(answer.reason), JSON.stringify(answer));
      }
    },
  }));
}
