import type { Clock } from '../ports/clock.ts';
import type { Fields, Log } from '../ports/log.ts';
import { printable } from './log-values.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogOptions = {
  /** Takes one line, with its line end. */
  readonly write: (line: string) => void;
  /** Lines below it are not written; `debug` also shows where errors came from. */
  readonly level: LogLevel;
  readonly redact: (text: string) => string;
  readonly clock: Clock;
};

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/**
 * A log of JSON lines: `{"time","level","message"}`, then the fields. Every text in it went through `redact`. It
 * never throws, whatever it is given; a field that would hide one of the three gets an underscore.
 */
export function createLog({ write, level, redact, clock }: LogOptions): Log {
  const log =
    (at: Exclude<LogLevel, 'debug'>) =>
    (message: string, fields: Fields = {}) => {
      if (RANK[at] < RANK[level]) return;
      const time = new Date(clock.now()).toISOString();
      const more = printable(fields, { redact, stacks: level === 'debug' });
      const own = { time, level: at, message: redact(message) };
      write(`${JSON.stringify({ ...own, ...withoutClash(more, own) })}\n`);
    };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

function withoutClash(fields: unknown, own: object): Record<string, unknown> {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [Object.hasOwn(own, name) ? `${name}_` : name, value]),
  );
}
