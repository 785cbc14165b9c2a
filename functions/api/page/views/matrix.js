import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { formatSelection, sameSelection } from '../selection.js';
import { duration } from '../times.js';
import { digest, panel, when } from './marks.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {import('../../answers.ts').MatrixRow} Row
 * @typedef {Row['builds'][number]} Build
 */

/**
 * Commits by images: what was built of each commit, which tags stand there and where it runs.
 *
 * @param {Whole} state
 * @param {number} now
 */
export function matrix({ status, matrix, close }, now) {
  const rows = matrix?.items ?? [];
  const { images, repos } = status;
  const manyRepos = repos.length > 1;
  return panel(
    {
      id: 'matrix',
      title: 'Commits × images',
      note: matrix?.next === undefined ? '' : `the latest ${rows.length}`,
    },
    html`<div class="scroll" tabindex="0" role="region" aria-label="Commits by images">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Commit</th>
            ${images.map(
              ({ image, parent, repository }) => html`<th scope="col" title=${repository}>
                ${image} ${parent === undefined ? nothing : html`<small>on ${parent}</small>`}
              </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${repeat(
            rows,
            ({ commit }) => `${commit.repo}/${commit.sha}`,
            row => {
              const current = sameSelection(close?.of, {
                kind: 'commit',
                repo: row.commit.repo,
                sha: row.commit.sha,
              });
              return html`<tr class=${current ? 'current' : ''}>
                ${commitCell(row, { status, manyRepos, current, now })}
                ${images.map(({ image, repo }) =>
                  repo !== undefined && repo !== row.commit.repo
                    ? html`<td class="other"></td>`
                    : buildCell(row, { image, status, now }),
                )}
              </tr>`;
            },
          )}
        </tbody>
      </table>
    </div>`,
  );
}

/**
 * @param {Row} row
 * @param {{ status: Whole['status'], manyRepos: boolean, current: boolean, now: number }} its
 */
function commitCell({ commit, builds }, { status, manyRepos, current, now }) {
  const { repo, sha, subject, author, pushedAt } = commit;
  const heads = status.repos.filter(one => one.repo === repo && one.head?.sha === sha);
  const known =
    subject ?? (pushedAt === undefined ? 'told of by its builder only' : 'without a known subject');
  return html`<th scope="row" class="commit">
    <a href=${formatSelection({ kind: 'commit', repo, sha })} aria-current=${current ? 'true' : 'false'} title=${sha}
      ><code class="sha">${sha.slice(0, 7)}</code> <span class="subject" title=${known}>${known}</span></a
    >
    <small>
      ${heads.map(({ branch }) => html`<span class="chip branch" title="Head of ${branch}">${branch}</span>`)}
      ${manyRepos ? html`<span>${repo}</span> · ` : nothing}<span class="author">${author ?? 'somebody'}</span> ·
      ${when(pushedAt ?? builds[0]?.requestedAt, now)}
    </small>
  </th>`;
}

/**
 * @param {Row} row
 * @param {{ image: string, status: Whole['status'], now: number }} its
 */
function buildCell({ commit, builds }, { image, status, now }) {
  const build = builds.find(one => one.image === image);
  if (build === undefined) {
    return html`<td data-label=${image}><span class="build none" title="No build on record">–</span></td>`;
  }
  const stands = status.tags.filter(
    tag => tag.image === image && tag.observed?.digest === build.digest && build.digest !== undefined,
  );
  const runs = status.services.filter(
    service =>
      service.image === image && service.observed !== undefined && service.observed.digest === build.digest,
  );
  return html`<td data-label=${image} title=${explain(build, commit.sha)}>
    <span class="build ${build.status} ${build.carries === undefined ? '' : 'carried'}"
      ><i aria-hidden="true"></i>${content(build, now)}</span
    >
    ${
      build.carries === undefined || build.status !== 'succeeded'
        ? nothing
        : html`<small class="unchanged">unchanged since ${build.carries.slice(0, 7)}</small>`
    }
    ${
      stands.length + runs.length === 0
        ? nothing
        : html`<small class="chips">
            ${stands.map(({ tag }) => html`<span class="chip tag" title="${image}:${tag} stands here">${tag}</span>`)}
            ${runs.map(
              ({ service, target }) =>
                html`<span class="chip runs" title="${service} at ${target} was observed running this"
                  ><i aria-hidden="true"></i>${service}</span
                >`,
            )}
          </small>`
    }
  </td>`;
}

/**
 * @param {Build} build
 * @param {number} now
 */
function content({ status, digest: built, startedAt, carries }, now) {
  if (status === 'succeeded') {
    const how = carries === undefined ? 'built' : 'unchanged';
    return html`<span class="sr">${how}</span>${digest(built)}`;
  }
  if (status === 'building' && startedAt !== undefined) {
    return html`building <span class="elapsed">${elapsed(now - Date.parse(startedAt))}</span>`;
  }
  return html`${status}`;
}

/**
 * In whole seconds: it is still growing.
 *
 * @param {number} milliseconds
 */
function elapsed(milliseconds) {
  return milliseconds < 1_000 ? '' : duration(Math.floor(milliseconds / 1_000) * 1_000);
}

/**
 * @param {Build} build
 * @param {string} sha
 */
function explain({ image, status, builder, startedAt, endedAt, lastError, reasons = [], carries }, sha) {
  const took =
    startedAt === undefined || endedAt === undefined
      ? ''
      : ` in ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`;
  const by = builder === undefined ? '' : ` by ${builder}`;
  const why = status !== 'succeeded' && lastError !== undefined ? `: ${lastError}` : '';
  const since = carries === undefined ? reasons.join(' and ') : `unchanged since ${carries.slice(0, 7)}`;
  return `${image} at ${sha.slice(0, 7)} ${status}${took}${by}${why}${since === '' ? '' : ` (${since})`}`;
}
