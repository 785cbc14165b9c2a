import { html, nothing } from 'lit-html';
import { timeOfDay } from '../times.js';
import { close } from './close.js';
import { deliveries } from './deliveries.js';
import { isEmpty, nothingPushed } from './empty.js';
import { ledger } from './ledger.js';
import { matrix } from './matrix.js';
import { promotions } from './promotions.js';
import { queue } from './queue.js';
import { services } from './services.js';
import { tags } from './tags.js';
import { tokenForm } from './token-form.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {{ now: number, enter: (token: string) => void, introduce: (name: string | undefined) => void, say: (wish: import('../say.js').Wish) => void }} Surroundings
 */

/**
 * The whole page.
 *
 * @param {State} state
 * @param {Surroundings} its
 */
export function frame(state, { now, enter, introduce, say }) {
  const { status } = state;
  if (state.locked) return html`${top(state)} ${tokenForm(state.trouble, enter)}`;
  if (status === undefined) return html`${top(state)} ${firstReading(state)}`;
  const whole = { ...state, status };
  return html`
    ${top(state)} ${trouble(state, now)}
    <main>
      <div class="wide">
        ${isEmpty(whole) ? nothingPushed(whole) : nothing} ${services(whole, now)}
        ${isEmpty(whole) ? nothing : matrix(whole, now)} ${tags(whole, { now, introduce, say })}
        ${promotions(whole, { now, introduce, say })} ${deliveries(whole, now)}
      </div>
      <div class="narrow">${queue(whole, now)} ${close(whole, now)} ${ledger(whole, now)}</div>
    </main>
    <footer>
      headway ${status.version} · read at ${timeOfDay(status.at, now)} ·
      <a href="/api/v1/openapi.json">API</a>
    </footer>
  `;
}

/** @param {State} state */
function top(state) {
  const { status } = state;
  const connection = state.locked ? 'locked' : state.connection;
  return html`<header class="top">
    <h1>
      <a href="#" aria-label="headway, the newest commit">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" />
          <path d="M8 8l8 8-8 8M17 8l8 8-8 8" />
        </svg>
        headway
      </a>
    </h1>
    ${status === undefined ? nothing : counts(status)}
    <p class="connection ${connection}" role="status" title=${CONNECTIONS[connection]}>
      <i aria-hidden="true"></i>${connection}
    </p>
  </header>`;
}

const CONNECTIONS = {
  connecting: 'Asking the server for what changes',
  live: 'Changes are shown as they happen',
  polling: 'The stream of changes broke off; everything is read now and then until it is back',
  locked: 'The server asks for its token',
  offline: 'The server does not answer; it is asked again and again',
};

/** @param {import('../state.js').Status} status */
function counts({ services, waiting, refusals }) {
  const running = services.filter(({ phase }) => phase === 'running').length;
  const failed = services.filter(({ phase }) => phase === 'failed').length;
  const waits = waiting.deliveries + waiting.builds + waiting.tags + waiting.services;
  const refused = refusals.filter(({ verdict }) => verdict === 'refused').length;
  const many = refusals.length === 10 ? '+' : '';
  return html`<ul class="counts" aria-label="Counts">
    <li class=${services.length > 0 && running === services.length ? 'running' : ''}>
      <b>${running}/${services.length}</b> running
    </li>
    ${failed === 0 ? nothing : html`<li class="failed"><b>${failed}</b> failed</li>`}
    <li><b>${waits}</b> waiting</li>
    <li class=${refused > 0 ? 'refused' : ''}><b>${refused}${many}</b> refused</li>
    ${
      waiting.poison === 0
        ? nothing
        : html`<li class="failed" title="Messages that nobody could handle"><b>${waiting.poison}</b> poison</li>`
    }
  </ul>`;
}

/**
 * @param {State} state
 * @param {number} now
 */
function trouble({ trouble, readAt }, now) {
  if (!trouble) return nothing;
  const since =
    readAt === undefined ? '' : `; what you see is of ${timeOfDay(new Date(readAt).toISOString(), now)}`;
  return html`<p class="trouble" role="alert">${trouble}${since}</p>`;
}

/** @param {State} state */
function firstReading({ trouble }) {
  return trouble
    ? html`<p class="trouble" role="alert">${trouble}. It is asked again and again.</p>`
    : html`<p class="loading">Reading what runs where …</p>`;
}
