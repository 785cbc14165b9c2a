import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { badge, panel, when } from './marks.js';
import { promotionForm } from './promotion-form.js';
import { speaker, speech } from './speech.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {import('../../../../shared/domain/documents/promotion.ts').Promotion} Promotion
 * @typedef {import('../say.js').Wish} Wish
 */

/**
 * How stacks were promoted, newest first, and a form to ask for one.
 *
 * @param {Whole} state
 * @param {{ now: number, introduce: (name: string | undefined) => void, say: (wish: Wish) => void }} its
 */
export function promotions(state, { now, introduce, say }) {
  const { promotions, status } = state;
  if (status.images.length === 0) return nothing;
  return panel(
    { id: 'promotions', title: 'Promotions', note: speaker(state, introduce) },
    html`${promotionForm(say)} ${speech(state, { of: '/promotions', introduce })}
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

const STATES = /** @type {Readonly<Record<string, string>>} */ ({
  moved: 'moved',
  rehearsed: 'waiting',
  refused: 'refused',
  reverted: 'failed',
  incomplete: 'failed',
});
/** What it is called to end or bring back what is in a phase. */
const UNDO = /** @type {Readonly<Record<string, string>>} */ ({
  gated: 'Withdraw',
  moved: 'Undo',
  incomplete: 'Undo',
});

/**
 * @param {Promotion} promotion
 * @param {{ now: number, say: (wish: Wish) => void }} its
 */
function row(promotion, { now, say }) {
  const {
    number,
    from,
    to,
    by,
    at,
    phase,
    reason,
    lastError,
    dryRun,
    undoes,
    takesBack,
    images,
    gates = [],
  } = promotion;
  const back = takesBack === undefined ? html`${from} → <b>${to}</b>` : html`<b>${to}</b> taken back`;
  const what = undoes === undefined ? back : html`<b>${to}</b> as before ${undoes}`;
  const moved = images.filter(({ state }) => state === 'moved' || state === 'would move').length;
  const words = [takesBack, reason, lastError].filter(Boolean).join('; ');
  const open = gates.filter(({ state }) => state !== 'passed');
  return html`<li>
    <p>
      ${badge(STATES[phase] ?? 'building', dryRun ? 'tried' : phase)}
      <span class="name">${number}. ${what}</span>
      <span class="many">${moved} of ${images.length} ${images.length === 1 ? 'image' : 'images'}</span>
      ${when(at, now)}
    </p>
    <p class="reason">
      by ${by}${words === '' ? '' : `: ${words}`}
      ${dryRun || UNDO[phase] === undefined ? nothing : html`<button @click=${() => say({ path: `/promotions/${number}/undo`, body: {} })}>${UNDO[phase]}</button>`}
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
