import { type DocumentName, documentName } from '../../shared/domain/journeys/steps.ts';
import { parseKey } from '../../shared/domain/names/document-key.ts';
import { problem } from '../../shared/domain/problem.ts';
import type { Ref } from '../../shared/ports/documents.ts';
import type { Records } from '../../shared/records/records.ts';
import { Changes } from './answers.ts';
import { kinds } from './documents.ts';
import { defineRoute, nothing, type Route } from './route.ts';

export type StreamOptions = {
  /** How long changes are gathered before they are told, in milliseconds. */
  readonly gatherMs: number;
  /** A sign of life after so much silence, in milliseconds: proxies cut what says nothing. */
  readonly heartbeatMs: number;
  /** How many may listen at once. */
  readonly streams: number;
};

export const usualStreams: StreamOptions = { gatherMs: 100, heartbeatMs: 15_000, streams: 100 };

/** More changes than this at once are told as "more". */
const LISTED = 200;

/**
 * Tells what changes, as server-sent events: `hello` at once, then `change` with the names of the documents. The
 * stream keeps no history: who comes again reads again, and `hello` says when.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventsRoute(records: Records, options: StreamOptions): Route {
  let listeners = 0;
  return defineRoute({
    method: 'GET',
    path: '/events',
    id: 'streamEvents',
    summary: 'What changes, as it changes: server-sent events "hello" and "change"',
    pathParameters: nothing,
    queryParameters: nothing,
    answer: { status: 200, schema: Changes, type: 'text/event-stream' },
    problems: [503],
    handle: async ({ signal }) => {
      if (listeners >= options.streams) {
        const detail = `Cannot tell of changes: ${listeners} others listen already; ask again later, or read now and then`;
        return problem(503, detail, { 'retry-after': '30' });
      }
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
        body: counted(),
      };

      async function* counted() {
        listeners += 1;
        try {
          yield* changesOf(records, { ...options, signal });
        } finally {
          listeners -= 1;
        }
      }
    },
  });
}

async function* changesOf(
  records: Records,
  { signal, gatherMs, heartbeatMs }: StreamOptions & { readonly signal: AbortSignal },
): AsyncGenerator<string> {
  const pending = new Map<string, DocumentName>();
  let more = false;
  let wake = () => {};
  const stop = records.watch(ref => {
    const name = nameOf(ref);
    if (name === undefined) return;
    if (pending.size < LISTED) pending.set(`${ref.collection}/${ref.key}`, name);
    else more = true;
    wake();
  });
  try {
    let id = 0;
    yield event('hello', id, { changes: [], more: true });
    while (!signal.aborted) {
      if (pending.size === 0) await pause(heartbeatMs, signal, resume => (wake = resume));
      if (pending.size > 0) await pause(gatherMs, signal);
      if (signal.aborted) return;
      if (pending.size === 0) {
        yield ': still here\n\n';
        continue;
      }
      const changes = [...pending.values()];
      pending.clear();
      yield event('change', ++id, { changes, more });
      more = false;
    }
  } finally {
    stop();
  }
}

function event(name: string, id: number, data: Changes): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function nameOf({ collection, key }: Ref): DocumentName | undefined {
  const found = kinds.find(({ kind }) => kind === collection);
  return found && documentName(found.kind, ...parseKey(key));
}

/** Resolves after so long, or when the signal is aborted, or when somebody resumes it. */
function pause(ms: number, signal: AbortSignal, giveResume?: (resume: () => void) => void): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    giveResume?.(end);
    if (signal.aborted) end();

    function end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
