import { html } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { badge, commitLink, panel, when } from './marks.js';

/** @typedef {import('./empty.js').Whole} Whole */

/**
 * Every move of a tag, and every move that was refused, with the reason.
 *
 * @param {Whole} state
 * @param {number} now
 */
export function ledger({ status, moves }, now) {
  const repoOf = (/** @type {string} */ image) => status.images.find(one => one.image === image)?.repo;
  return panel(
    { id: 'ledger', title: 'Ledger of moves', note: moves.length === 0 ? '' : 'newest first' },
    moves.length === 0
      ? html`<p class="empty">No tag was moved yet, and no move was refused.</p>`
      : html`<ol class="ledger">
          ${repeat(
            moves,
            ({ image, tag, sequence }) => `${image}:${tag}#${sequence}`,
            ({ image, tag, verdict, from, to, reason, at }) => html`<li class=${verdict}>
              <p>
                ${badge(verdict)}<span class="name">${image}:<b>${tag}</b></span>
                <span class="path">
                  ${
                    verdict === 'moved'
                      ? html`${commitLink(repoOf(image), from?.commit)} <span aria-label="to">→</span>
                          ${commitLink(repoOf(image), to.commit)}`
                      : html`<span>not to</span> ${commitLink(repoOf(image), to.commit)}`
                  }
                </span>
                ${when(at, now)}
              </p>
              <p class="reason">${reason}</p>
            </li>`,
          )}
        </ol>`,
  );
}
