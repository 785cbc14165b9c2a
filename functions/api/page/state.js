import { hasToken, Refused, read, readText } from './api.js';
import { formatSelection } from './selection.js';

/**
 * @typedef {import('../answers.ts').Status} Status
 * @typedef {import('../answers.ts').Matrix} Matrix
 * @typedef {import('../answers.ts').Queue} Queue
 * @typedef {import('../answers.ts').Timeline} Timeline
 * @typedef {import('../answers.ts').Why} Why
 * @typedef {import('../../../shared/domain/documents/move.ts').Move} Move
 * @typedef {import('../../../shared/domain/documents/delivery.ts').Delivery} Delivery
 * @typedef {import('../../../shared/domain/documents/promotion.ts').Promotion} Promotion
 * @typedef {import('./selection.js').Selection} Selection
 *
 * @typedef {import('../answers.ts').BuildFiles['items']} Files
 * @typedef {{ kind: 'build', of: import('./selection.js').BuildSelection, files: Files, text?: string }} BuildDetail
 *
 * @typedef {{ kind: 'commit', timeline: Timeline } | { kind: 'service', why: Why } | BuildDetail | { kind: 'missing', text: string }} Detail
 *
 * @typedef {object} State everything that the page shows
 * @property {Status} [status]
 * @property {Matrix} [matrix]
 * @property {Queue} [queue]
 * @property {readonly Move[]} moves
 * @property {readonly Omit<Delivery, 'body'>[]} deliveries
 * @property {readonly Promotion[]} promotions
 * @property {string | undefined} [name] who looks at the page, by their own word
 * @property {import('./say.js').Wish | undefined} [unsaid] what the reader asks for and nobody has put a name to yet
 * @property {string} [said] what became of what the reader asked for last
 * @property {string} [spoken] of whom that was asked, as the path below the API
 * @property {Selection} [selected] what the reader chose
 * @property {{ of: Selection, detail: Detail }} [close] the chosen thing, or the newest commit, read closely
 * @property {import('./live.js').Connection | 'connecting'} connection
 * @property {string} [trouble] why the last reading failed, as a sentence
 * @property {boolean} locked whether a token is asked for
 * @property {number} [readAt] when everything was last read, in milliseconds since the Unix epoch
 */

/** @typedef {ReadonlySet<string> | 'everything'} Kinds the kinds of document that changed */

const COMMITS = 30;
const MOVES = 40;
const DELIVERIES = 20;
const PROMOTIONS = 8;
const QUEUED = 20;

/**
 * What changed is read again, and nothing else. What cannot be read now stays as it was.
 *
 * @param {State} state
 * @param {Kinds} kinds
 * @returns {Promise<Partial<State>>} what to change in the state
 */
export async function readAgain(state, kinds) {
  const touches = (/** @type {string[]} */ ...some) =>
    kinds === 'everything' || some.some(kind => kinds.has(kind));
  try {
    const [status, matrix, queue, moves, deliveries, promotions] = await Promise.all([
      /** @type {Promise<Status>} */ (read('/status')),
      touches('commits', 'builds')
        ? /** @type {Promise<Matrix>} */ (read(`/matrix?limit=${COMMITS}`))
        : state.matrix,
      touches('builds') ? /** @type {Promise<Queue>} */ (read(`/queue?limit=${QUEUED}`)) : state.queue,
      touches('moves') ? items(read(`/moves?limit=${MOVES}`)) : state.moves,
      touches('deliveries') ? items(read(`/deliveries?limit=${DELIVERIES}`)) : state.deliveries,
      touches('promotions') ? items(read(`/promotions?limit=${PROMOTIONS}`)) : state.promotions,
    ]);
    const read_ = {
      status,
      moves,
      deliveries,
      promotions,
      ...(matrix !== undefined && { matrix }),
      ...(queue !== undefined && { queue }),
    };
    const close = await readClosely({ ...state, ...read_ });
    return {
      ...read_,
      ...(close !== undefined && { close }),
      trouble: '',
      locked: false,
      readAt: Date.now(),
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status !== 401) return { trouble: error.message };
    return { locked: true, trouble: hasToken() ? error.message : '' };
  }
}

/**
 * Reads what the reader chose, or else the newest commit.
 *
 * @param {State} state
 * @returns {Promise<State['close']>}
 */
export async function readClosely({ selected, matrix }) {
  const newest = matrix?.items[0]?.commit;
  const of =
    selected ?? (newest && /** @type {const} */ ({ kind: 'commit', repo: newest.repo, sha: newest.sha }));
  if (of === undefined) return undefined;
  const path = formatSelection(of).slice(1);
  try {
    if (of.kind === 'build') return { of, detail: await readBuild(of) };
    const detail =
      of.kind === 'commit'
        ? { kind: of.kind, timeline: /** @type {Timeline} */ (await read(`${path}/timeline`)) }
        : { kind: of.kind, why: /** @type {Why} */ (await read(`${path}/why`)) };
    return { of, detail };
  } catch (error) {
    if (!(error instanceof Refused) || error.status === 401 || error.status === 0) throw error;
    return { of, detail: { kind: 'missing', text: error.message } };
  }
}

/**
 * @param {import('./selection.js').BuildSelection} of
 * @returns {Promise<BuildDetail>}
 */
async function readBuild(of) {
  const { kind, image, commit } = of;
  const list = /** @type {Promise<{ items: Files[number][] }>} */ (
    read(formatSelection({ kind, image, commit }).slice(1))
  );
  const [files, text] = await Promise.all([
    items(list),
    of.file === undefined ? undefined : readText(formatSelection(of).slice(1)),
  ]);
  return { kind, of, files, ...(text !== undefined && { text }) };
}

/**
 * @template T
 * @param {Promise<{ items: T[] }>} page
 */
async function items(page) {
  return (await page).items;
}
