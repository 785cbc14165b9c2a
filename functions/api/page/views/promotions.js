import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { badge, panel, when } from './marks.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {import('../../../../shared/domain/documents/promotion.ts').Promotion} Promotion
 * @typedef {import('../say.js').Wish} Wish
 */

/**
 * How stacks were promoted, newest first, and a form to ask for one.
 *
 * @param {Whole} state
 * @param {{ now: number, say: (wish: Wish) => void }} its
 */
export function promotions({ promotions, said, status }, { now, say }) {
  if (status.images.length === 0) return nothing;
  return panel(
    { id: 'promotions', title: 'Promotions', note: promotions.length === 0 ? '' : 'newest first' },
    html`${form(say)} ${said === undefined ? nothing : html`<p class="said" role="status">${said}</p>`}
    ${
      promotions.length === 0
        ? html`<p class="empty">No tag of a stack was promoted yet.</p>`
        : html`<ol>
            ${repeat(
              promotions,
              ({ number }) => number,
              promotion => row(promotion, { now, say }),
            )}
          </ol>`
    }`,
  );
}

/** @param {(wish: Wish) => void} say */
function form(say) {
  /** @param {SubmitEvent} event */
  const submit = event => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target), event.submitter);
    const [from, to] = [String(fields.get('source')).trim(), String(fields.get('target')).trim()];
    if (from === '') return;
    say({
      path: '/promotions',
      body: { from, ...(to !== '' && { to }), dryRun: fields.get('do') === 'try' },
    });
  };
  return html`<form class="promote" @submit=${submit}>
    <label>Promote <input name="source" required placeholder="2026.3-main" autocomplete="off" /></label>
    <label>to <input name="target" placeholder="2026.3-stable" autocomplete="off" /></label>
    <button name="do" value="try">Try</button>
    <button name="do" value="move">Promote</button>
  </form>`;
}

const STATES = /** @type {Readonly<Record<string, string>>} */ ({
  moved: 'moved',
  rehearsed: 'waiting',
  refused: 'refused',
  reverted: 'failed',
  incomplete: 'failed',
});

/**
 * @param {Promotion} promotion
 * @param {{ now: number, say: (wish: Wish) => void }} its
 */
function row({ number, from, to, by, at, phase, reason, dryRun, undoes, images, gates = [] }, { now, say }) {
  const what = undoes === undefined ? html`${from} → <b>${to}</b>` : html`<b>${to}</b> as before ${undoes}`;
  const moved = images.filter(({ state }) => state === 'moved' || state === 'would move').length;
  const open = gates.filter(({ state }) => state !== 'passed');
  return html`<li>
    <p>
      ${badge(STATES[phase] ?? 'building', dryRun ? 'tried' : phase)}
      <span class="name">${number}. ${what}</span>
      <span class="many">${moved} of ${images.length} ${images.length === 1 ? 'image' : 'images'}</span>
      ${when(at, now)}
    </p>
    <p class="reason">
      by ${by}${reason === undefined ? '' : `: ${reason}`}
      ${phase === 'moved' && !dryRun ? html`<button @click=${() => say({ path: `/promotions/${number}/undo`, body: {} })}>Undo</button>` : nothing}
    </p>
    ${phase === 'gated' ? open.map(gate => gateLine(gate, { number, say })) : nothing}
  </li>`;
}

/**
 * @param {NonNullable<Promotion['gates']>[number]} gate
 * @param {{ number: number, say: (wish: Wish) => void }} its
 */
function gateLine({ gate, image, state, reason }, { number, say }) {
  const path = `/promotions/${number}/gates/${encodeURIComponent(gate)}`;
  // Only people are asked for all images at once.
  const isForPeople = image === undefined || image === '';
  return html`<p class="gate">
    ${badge(state)} ${gate}${isForPeople ? '' : ` of ${image}`}${reason === undefined ? '' : `: ${reason}`}
    ${
      isForPeople
        ? html`<button @click=${() => say({ path: `${path}/approve`, body: {} })}>Approve</button>
            <button @click=${() => say({ path: `${path}/refuse`, body: {} })}>Refuse</button>`
        : nothing
    }
  </p>`;
}
