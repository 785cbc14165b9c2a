import { html, nothing } from 'lit-html';
import { panel, version, when } from './marks.js';
import { speech } from './speech.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {(wish: import('../say.js').Wish) => void} Say
 */

/**
 * Where every tag should stand and where it does.
 *
 * @param {Whole} state
 * @param {{ now: number, introduce: (name: string | undefined) => void, say: Say }} its
 */
export function tags(state, { now, introduce, say }) {
  const { status } = state;
  return panel(
    { id: 'tags', title: 'Tags' },
    status.tags.length === 0
      ? html`<p class="empty">No tag is configured: images are built and left alone.</p>`
      : html`${speech(state, { of: '/tags/', introduce })}
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">Tag</th>
              <th scope="col">Wanted</th>
              <th scope="col">Observed</th>
              <th scope="col" class="end">Since</th>
            </tr>
          </thead>
          ${status.tags.map(tag => row(tag, { now, say }))}
        </table>`,
  );
}

/** @param {NonNullable<Whole['status']['tags'][number]['follows']>} follows */
function followed({ branch, gitTags }) {
  if (gitTags === undefined) return branch;
  return gitTags.kind === 'pattern' ? `Git tags ${gitTags.pattern}` : `versions ${gitTags.range}`;
}

/**
 * @param {Whole['status']['tags'][number]} shown
 * @param {{ now: number, say: Say }} its
 */
function row(shown, { now, say }) {
  const { image, tag, wanted, observed, follows, hold, rolledBack, lastError, candidates } = shown;
  const behind = wanted !== undefined && wanted.digest !== observed?.digest;
  const waits = candidates.flatMap(({ waits }) => (waits === undefined ? [] : [waits]));
  const reasons = [
    ...(hold === undefined ? [] : [`${hold.by} holds it: ${hold.why}`]),
    ...(rolledBack === undefined ? [] : [`${rolledBack.by} took it back: ${rolledBack.why}`]),
    ...(behind && lastError !== undefined ? [lastError] : []),
    ...new Set(waits),
  ];
  return html`<tbody>
    <tr class=${reasons.length === 0 ? '' : 'continued'}>
      <th scope="row">
        ${image}:<b>${tag}</b>
        <small>${follows === undefined ? 'moved at its registry' : `follows ${followed(follows)}`}</small>
      </th>
      <td data-label="Wanted" class=${behind ? 'ahead' : ''}>
        ${follows === undefined ? html`<span class="none">others decide</span>` : version(wanted, follows.repo)}
      </td>
      <td data-label="Observed">${version(observed, follows?.repo)}</td>
      <td data-label="Since" class="end">${when(observed?.at, now)}</td>
    </tr>
    ${
      reasons.length === 0
        ? nothing
        : html`<tr class="reason">
            <td colspan="4">${reasons.join('; ')} ${voices(shown, say)}</td>
          </tr>`
    }
  </tbody>`;
}

/**
 * What people are asked of the commit that the tag would move to.
 *
 * @param {Whole['status']['tags'][number]} tag
 * @param {Say} say
 */
function voices({ image, tag, asks = [] }, say) {
  return asks.map(({ gate, people: commit }) => {
    if (commit === undefined) return nothing;
    const path = ['tags', image, tag, 'gates', gate].map(encodeURIComponent).join('/');
    const words = (/** @type {'approve' | 'refuse'} */ verb) => () =>
      say({ path: `/${path}/${verb}`, body: { commit } });
    return html`<button @click=${words('approve')}>Approve</button> <button @click=${words('refuse')}>Refuse</button>`;
  });
}
