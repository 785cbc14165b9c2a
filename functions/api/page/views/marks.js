import { html, nothing } from 'lit-html';
import { formatSelection } from '../selection.js';
import { exactTime, relativeTime } from '../times.js';

/**
 * The small pieces that every panel is made of.
 *
 * @typedef {import('lit-html').TemplateResult | typeof nothing} Piece
 * @typedef {import('../../../../shared/domain/documents/service.ts').Version} Version
 */

/**
 * How long ago, with the exact time for the pointer and for readers of the source.
 *
 * @param {string | undefined} at
 * @param {number} now
 */
export function when(at, now) {
  if (at === undefined) return nothing;
  return html`<time datetime=${at} title=${exactTime(at)}>${relativeTime(at, now)}</time>`;
}

/** @param {string | undefined} digest */
export function digest(digest) {
  if (digest === undefined) return html`<span class="none">none</span>`;
  return html`<code class="digest" title=${digest}>${digest.slice('sha256:'.length, 'sha256:'.length + 12)}</code>`;
}

/** @param {string | undefined} sha */
export function sha(sha) {
  return sha === undefined ? nothing : html`<code class="sha" title=${sha}>${sha.slice(0, 7)}</code>`;
}

/**
 * @param {string | undefined} repo
 * @param {string | undefined} commit
 */
export function commitLink(repo, commit) {
  if (commit === undefined) return nothing;
  if (repo === undefined) return sha(commit);
  return html`<a class="sha" href=${formatSelection({ kind: 'commit', repo, sha: commit })} title=${commit}
    >${commit.slice(0, 7)}</a
  >`;
}

/**
 * A digest above the commit it was built from.
 *
 * @param {Version | { digest: string, commit?: string | undefined } | undefined} version
 * @param {string | undefined} repo
 */
export function version(version, repo) {
  if (version === undefined) return html`<span class="none">none yet</span>`;
  return html`<span class="version">${digest(version.digest)} ${commitLink(repo, version.commit)}</span>`;
}

/**
 * A coloured mark and its word. Colour is never the only sign.
 *
 * @param {string} state
 * @param {string} [word]
 */
export function badge(state, word = state) {
  return html`<span class="badge ${state}"><i aria-hidden="true"></i>${word}</span>`;
}

/**
 * @param {object} its
 * @param {string} its.id
 * @param {string} its.title
 * @param {Piece | string} [its.note]
 * @param {unknown} content
 */
export function panel({ id, title, note = nothing }, content) {
  return html`<section class="panel" id=${id} aria-labelledby="${id}-title">
    <header>
      <h2 id="${id}-title">${title}</h2>
      <p>${note}</p>
    </header>
    ${content}
  </section>`;
}
