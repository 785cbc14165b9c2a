import { html } from 'lit-html';
import { panel } from './marks.js';

/**
 * @typedef {import('../state.js').State & { status: import('../state.js').Status }} Whole
 */

/** Whether nobody has ever pushed. @param {Whole} state */
export function isEmpty({ matrix, deliveries }) {
  return matrix?.items.length === 0 && deliveries.length === 0;
}

const SENDERS = {
  github: 'GitHub: Settings, Webhooks, Add webhook; content type application/json, the push event',
  gitea: 'Gitea or Forgejo: Settings, Webhooks, Add webhook; POST, application/json, push events',
  dockerhub: 'Docker Hub: Webhooks of the repository; the secret is the last part of the path',
  distribution: 'A registry: notifications, endpoints, with the secret as bearer token',
  notices: 'A builder: one request for each image it built, with the secret as bearer token',
};

/** What to do first. @param {Whole} state */
export function nothingPushed({ status: { hooks, repos } }) {
  const name = repos[0]?.repo ?? 'a repository';
  return panel(
    { id: 'start', title: 'Nothing pushed yet' },
    html`<div class="start">
      <p>
        Point ${repos.length === 1 ? html`<b>${name}</b>` : 'a repository'} at this server, and its next push shows
        here by itself: built, tagged, deployed, or refused with the reason.
      </p>
      ${
        hooks.length === 0
          ? html`<p>No hook is configured yet: name one under <code>hooks</code> in <code>headway.yaml</code>.</p>`
          : html`<dl>
              ${hooks.map(
                ({ kind, path }) => html`<div>
                  <dt><code>POST ${location.origin}${path}</code></dt>
                  <dd>${SENDERS[/** @type {keyof typeof SENDERS} */ (kind)] ?? kind}</dd>
                </div>`,
              )}
            </dl>`
      }
    </div>`,
  );
}
