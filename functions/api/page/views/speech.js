import { html, nothing } from 'lit-html';
import { nameForm } from './name-form.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {(name: string | undefined) => void} Introduce
 */

/**
 * What became of what the reader asked for in a panel, or the form that asks who speaks.
 *
 * @param {Pick<State, 'unsaid' | 'said' | 'spoken'>} state
 * @param {{ of: string, introduce: Introduce }} its `of` is how the paths begin of what is asked for there
 */
export function speech({ unsaid, said, spoken }, { of, introduce }) {
  if (unsaid?.path.startsWith(of)) return nameForm(introduce);
  return said && spoken?.startsWith(of) ? html`<p class="said" role="status">${said}</p>` : nothing;
}

/**
 * Who speaks, once that is known.
 *
 * @param {Pick<State, 'name'>} state
 * @param {Introduce} introduce
 */
export function speaker({ name }, introduce) {
  if (name === undefined) return nothing;
  return html`you are ${name} <button @click=${() => introduce(undefined)}>not me</button>`;
}
