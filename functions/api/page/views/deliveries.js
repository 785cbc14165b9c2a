import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { badge, panel, when } from './marks.js';

/** @typedef {import('./empty.js').Whole} Whole */

/**
 * The webhook requests as they came, and what came of each.
 *
 * @param {Whole} state
 * @param {number} now
 */
export function deliveries({ deliveries }, now) {
  return panel(
    { id: 'deliveries', title: 'Deliveries', note: deliveries.length === 0 ? '' : 'newest first' },
    deliveries.length === 0
      ? html`<p class="empty">No webhook has come yet.</p>`
      : html`<table class="cards">
          <thead>
            <tr>
              <th scope="col">Delivery</th>
              <th scope="col">Verdict</th>
              <th scope="col">What came of it</th>
              <th scope="col" class="end">Received</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              deliveries,
              ({ source, id }) => `${source}/${id}`,
              row => delivery(row, now),
            )}
          </tbody>
        </table>`,
  );
}

/**
 * @param {Whole['deliveries'][number]} delivery
 * @param {number} now
 */
function delivery({ source, id, event, status, outcome, repeats, receivedAt, lastError }, now) {
  return html`<tr>
    <th scope="row">
      ${source} <span class="event">${event}</span> <code title=${id}>${id.slice(0, 8)}</code>${
        repeats === 0
          ? nothing
          : html` <span class="chip" title="The same delivery came again and changed nothing">${repeats + 1}×</span>`
      }
    </th>
    <td data-label="Verdict">${badge(status)}</td>
    <td data-label="Outcome" class="outcome">${outcome ?? lastError ?? html`<span class="none">not yet</span>`}</td>
    <td data-label="Received" class="end">${when(receivedAt, now)}</td>
  </tr>`;
}
