import { ask, Refused } from './api.js';

/**
 * @typedef {import('../answers.ts').Changes} Changes
 * @typedef {'live' | 'polling' | 'offline'} Connection
 * @typedef {{
 *   onChange: (kinds: ReadonlySet<string> | 'everything') => Promise<boolean>,
 *   onConnection: (connection: Connection) => void,
 * }} Follower `onChange` resolves to whether the server answered.
 */

/** The server gives a sign of life every 15 s; after three that stayed away the stream is given up. */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows what changes until the signal ends it: by the stream of events, and where that does not hold, by
 * reading everything now and then until it does again.
 *
 * @param {Follower} follower
 * @param {AbortSignal} signal
 */
export async function follow({ onChange, onConnection }, signal) {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    await listen((name, changes) => {
      pause = FIRST_PAUSE_MS;
      onConnection('live');
      const everything = name === 'hello' || changes.more;
      onChange(everything ? 'everything' : new Set(changes.changes.map(({ kind }) => kind)));
    }, signal);
    if (signal.aborted) return;
    onConnection((await onChange('everything')) ? 'polling' : 'offline');
    await elapsed(pause, signal);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}

/**
 * Hears the stream until it ends, breaks or falls silent. The reader of `EventSource` cannot send a token, so it
 * is read here. https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @param {(name: string, changes: Changes) => void} hear
 * @param {AbortSignal} signal
 */
async function listen(hear, signal) {
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await ask('/events', { signal: either });
    if (response.body === null) return;
    let text = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const blocks = (text + part.value).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) hearBlock(block, hear);
    }
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TypeError || either.aborted)) throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} block
 * @param {(name: string, changes: Changes) => void} hear
 */
function hearBlock(block, hear) {
  const fields = new Map(
    block.split('\n').flatMap(line => {
      const colon = line.indexOf(': ');
      return colon > 0 ? [/** @type {const} */ ([line.slice(0, colon), line.slice(colon + 2)])] : [];
    }),
  );
  const data = fields.get('data');
  if (data !== undefined) hear(fields.get('event') ?? 'message', JSON.parse(data));
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function elapsed(milliseconds, signal) {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
