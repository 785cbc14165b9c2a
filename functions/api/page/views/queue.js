import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { duration } from '../times.js';
import { commitLink, panel, when } from './marks.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {import('../../answers.ts').Queue} Queue
 * @typedef {Queue['items'][number]} Item
 */

/** So many are shown; what is said of the rest is how many they are. */
const SHOWN = 20;

/**
 * What is being built, and what waits and why, in the order in which it will go. Nothing where nothing does.
 *
 * @param {Whole} state
 * @param {number} now
 */
export function queue({ queue }, now) {
  if (queue === undefined || isEmpty(queue)) return nothing;
  const { items, paused, more } = queue;
  const building = items.filter(({ status }) => status === 'building').length;
  const waiting = items.length - building + (more?.waiting ?? 0);
  const hidden = Math.max(0, items.length - SHOWN) + (more?.waiting ?? 0);
  const atLeast = more?.atLeast ? 'at least ' : '';
  return panel(
    {
      id: 'queue',
      title: 'Queue of builds',
      note: `${building} under way, ${atLeast}${waiting} waiting`,
    },
    html`${
      paused === undefined
        ? nothing
        : html`<p class="paused"><b>${paused.by}</b> has paused it ${when(paused.since, now)}: ${paused.why}</p>`
    }
    ${
      items.length === 0
        ? html`<p class="empty">Nothing waits.</p>`
        : html`<ol>
            ${repeat(
              items.slice(0, SHOWN),
              ({ image, commit }) => `${image}:${commit}`,
              item => row(item, now),
            )}
          </ol>`
    }
    ${hidden === 0 ? nothing : html`<p class="empty">and ${atLeast}${hidden} more</p>`}`,
  );
}

/** @param {Queue} queue */
function isEmpty({ items, paused, more }) {
  return items.length === 0 && paused === undefined && more === undefined;
}

/**
 * @param {Item} item
 * @param {number} now
 */
function row(item, now) {
  const {
    image,
    commit,
    repo,
    branch,
    tryJob,
    status,
    startedAt,
    priority,
    reasons = [],
    carries,
    waits,
  } = item;
  const from =
    tryJob === undefined ? (branch ?? repo) : `pull request ${tryJob.number}, patch ${tryJob.patch}`;
  const why = carries === undefined ? reasons.join(' and ') : `unchanged since ${carries.slice(0, 7)}`;
  return html`<li class=${waits?.kind ?? status}>
    <p>
      <span class="build ${status}"><i aria-hidden="true"></i><b>${image}</b></span>
      ${commitLink(repo, commit)} <span class="chip branch">${from}</span>
      ${priority === undefined ? nothing : html`<span class="chip" title="Higher ones are built first">priority ${priority}</span>`}
      ${status === 'building' ? html`<span class="elapsed">${elapsed(startedAt, now)}</span>` : nothing}
    </p>
    ${waits === undefined ? nothing : html`<p class="waits">waits ${reason(waits, now)}</p>`}
    ${why === '' ? nothing : html`<p class="why">${why}</p>`}
  </li>`;
}

/**
 * The pause itself is told above them all.
 *
 * @param {NonNullable<Item['waits']>} waits
 * @param {number} now
 */
function reason({ kind, text, until }, now) {
  if (kind === 'pause') return 'for the end of the pause';
  return until === undefined ? text : html`${text} · ${when(until, now)}`;
}

/**
 * @param {string | undefined} startedAt
 * @param {number} now
 */
function elapsed(startedAt, now) {
  const since = startedAt === undefined ? 0 : now - Date.parse(startedAt);
  return since < 1_000 ? 'building' : `building ${duration(Math.floor(since / 1_000) * 1_000)}`;
}
