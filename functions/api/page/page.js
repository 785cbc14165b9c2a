import { render } from 'lit-html';
import { forgetToken, keepToken } from './api.js';
import { follow } from './live.js';
import { keepName, nameOfTab } from './name.js';
import { say } from './say.js';
import { parseSelection, sameSelection } from './selection.js';
import { readAgain, readClosely } from './state.js';
import { frame } from './views/frame.js';

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Kinds} Kinds
 */

/** However fast things change, they are read this often at most, in milliseconds. */
const REST_MS = 300;
/** Proxies may hold the stream back, so the first reading does not wait for it longer than this. */
const PATIENCE_MS = 1_500;

const root = /** @type {HTMLElement} */ (document.getElementById('page'));

/** @type {State} */
let state = {
  ...{ moves: [], deliveries: [], promotions: [], connection: 'connecting', locked: false },
  name: nameOfTab(),
};
/** @type {AbortController | undefined} */
let following;
/** What changed and was not read yet. @type {Kinds} */
let unread = new Set();
/** The reading under way: whether the server answered. @type {Promise<boolean> | undefined} */
let reading;

root.replaceChildren();
choose();
start();
setTimeout(() => state.readAt === undefined && !state.locked && readWhatChanged('everything'), PATIENCE_MS);
setInterval(show, 1_000);
addEventListener('hashchange', () => choose().then(bringClose));
// A browser keeps few connections to one server, so a page that nobody sees gives its stream back.
document.addEventListener('visibilitychange', () => (document.hidden ? following?.abort() : start()));

function show() {
  render(frame(state, { now: Date.now(), enter, introduce, say: ask }), root);
  const services = state.status?.services ?? [];
  const running = services.filter(({ phase }) => phase === 'running').length;
  document.title = services.length === 0 ? 'headway' : `${running}/${services.length} running · headway`;
}

/** @param {Partial<State>} change */
function change(change) {
  state = { ...state, ...change };
  show();
}

function start() {
  following?.abort();
  if (state.locked) return;
  following = new AbortController();
  follow({ onChange: readWhatChanged, onConnection: connection => change({ connection }) }, following.signal);
}

/** @param {Kinds} kinds */
function readWhatChanged(kinds) {
  unread = kinds === 'everything' || unread === 'everything' ? 'everything' : new Set([...unread, ...kinds]);
  reading ??= readAll().finally(() => {
    reading = undefined;
  });
  return reading;
}

/** Reads until nothing is left that changed meanwhile. */
async function readAll() {
  let answered = false;
  while (unread === 'everything' || unread.size > 0) {
    const kinds = unread;
    unread = new Set();
    const chosen = state.selected;
    const found = await readAgain(state, kinds);
    if (!sameSelection(chosen, state.selected)) delete found.close;
    answered = found.status !== undefined;
    change(found);
    if (found.locked === true) lock();
    await new Promise(resolve => setTimeout(resolve, REST_MS));
  }
  return answered;
}

function lock() {
  following?.abort();
  forgetToken();
}

/** @param {string} token */
function enter(token) {
  keepToken(token);
  change({ connection: 'connecting', locked: false, trouble: '' });
  start();
}

/**
 * Takes the reader's name, and says what waited for it; without one, asks for it again.
 *
 * @param {string | undefined} name
 */
function introduce(name) {
  keepName(name);
  const { unsaid } = state;
  change({ name, unsaid: undefined });
  if (unsaid !== undefined) ask(unsaid);
}

/** @param {import('./say.js').Wish} wish */
async function ask(wish) {
  if (state.name === undefined) {
    change({ unsaid: wish, said: '' });
    return document.getElementById('who')?.focus();
  }
  const changed = await say(wish, state.name);
  if (changed.locked === true) lock();
  change({ ...changed, spoken: wish.path });
}

async function choose() {
  const selected = parseSelection(location.hash);
  const { selected: _, ...others } = state;
  state = selected === undefined ? others : { ...others, selected };
  show();
  if (state.matrix === undefined) return;
  const close = await readClosely(state).catch(() => undefined);
  if (close !== undefined && sameSelection(selected, state.selected)) change({ close });
}

/** On a narrow screen what was chosen is further down, and after a long way down it is further up. */
function bringClose() {
  const panel = document.getElementById('close');
  const top = panel?.getBoundingClientRect().top ?? 0;
  if (top < 0 || top > innerHeight * 0.75) panel?.scrollIntoView();
}
