import { render } from 'lit-html';
import { forgetToken, keepToken } from './api.js';
import { follow } from './live.js';
import { parseSelection, sameSelection } from './selection.js';
import { readAgain, readClosely } from './state.js';
import { frame } from './views/frame.js';

/** @typedef {import('./state.js').State} State */

const root = /** @type {HTMLElement} */ (document.getElementById('page'));

/** @type {State} */
let state = { moves: [], deliveries: [], connection: 'connecting', locked: false };
/** @type {AbortController | undefined} */
let following;
/** One reading at a time: what changes meanwhile is read after it. @type {Promise<unknown>} */
let reading = Promise.resolve();

choose();
start();
addEventListener('hashchange', choose);
setInterval(show, 1_000);

/** @param {Partial<State>} change */
function change(change) {
  state = { ...state, ...change };
  show();
}

function show() {
  if (root.firstElementChild?.className === 'loading') root.replaceChildren();
  render(frame(state, { now: Date.now(), enter }), root);
}

function start() {
  following?.abort();
  following = new AbortController();
  follow({ onChange: readWhatChanged, onConnection: connection => change({ connection }) }, following.signal);
}

/** @param {import('./state.js').Kinds} kinds */
function readWhatChanged(kinds) {
  const turn = reading.then(async () => {
    const chosen = state.selected;
    const found = await readAgain(state, kinds);
    if (!sameSelection(chosen, state.selected)) delete found.close;
    change(found);
    if (found.locked === true) stop();
    return found.status !== undefined;
  });
  reading = turn;
  return turn;
}

function stop() {
  following?.abort();
  forgetToken();
}

/** @param {string} token */
function enter(token) {
  keepToken(token);
  change({ connection: 'connecting' });
  start();
}

async function choose() {
  const selected = parseSelection(location.hash);
  state = { ...state };
  if (selected === undefined) delete state.selected;
  else state.selected = selected;
  show();
  if (state.matrix === undefined) return;
  const close = await readClosely(state).catch(() => undefined);
  if (close !== undefined && sameSelection(selected, state.selected)) change({ close });
}
