import { html, nothing } from 'lit-html';
import { formatSelection } from '../selection.js';
import { panel, sha } from './marks.js';

/** @typedef {import('../state.js').BuildDetail} BuildDetail */

/** More characters make a browser slow; the end of a log says most. */
const SHOWN = 200_000;

/**
 * What a build left behind: its files, and one of them read.
 *
 * @param {BuildDetail} detail
 */
export function buildFiles({ of: { kind, image, commit, file }, files, text }) {
  return panel(
    { id: 'close', title: `What ${image} left behind`, note: html`<a href="#">newest commit</a>` },
    html`<div class="close">
      <p class="about">${sha(commit)} ${image}</p>
      ${
        files.length === 0
          ? html`<p class="small">No file of this build was kept.</p>`
          : html`<ul class="files">
              ${files.map(
                ({ folder, name }) => html`<li>
                  <a
                    href=${formatSelection({ kind, image, commit, file: { folder, name } })}
                    aria-current=${folder === file?.folder && name === file.name ? 'true' : 'false'}
                    ><small>${folder}</small> ${name}</a
                  >
                </li>`,
              )}
            </ul>`
      }
      ${text === undefined ? nothing : html`<pre class="file" tabindex="0" aria-label=${file?.name ?? 'file'}>${ending(text)}</pre>`}
    </div>`,
  );
}

/** @param {string} text */
function ending(text) {
  if (text.length <= SHOWN) return text;
  return `[… the first ${text.length - SHOWN} characters are left out here …]\n${text.slice(-SHOWN)}`;
}
