import { html, nothing } from 'lit-html';
import { formatSelection, sameSelection } from '../selection.js';
import { badge, panel, version, when } from './marks.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {import('../../../../shared/domain/documents/service.ts').Service} Service
 */

/**
 * What every service should run and what it was observed running. Green is for nothing else.
 *
 * @param {Whole} state
 * @param {number} now
 */
export function services({ status, close }, now) {
  const rows = status.services.map(service => {
    const repo = status.images.find(({ image }) => image === service.image)?.repo;
    const current = sameSelection(close?.of, { kind: 'service', ...service });
    return row(service, { repo, now, current });
  });
  return panel(
    { id: 'services', title: 'Services', note: 'green: observed running what it should' },
    rows.length === 0
      ? html`<p class="empty">No service is configured: name one under <code>services</code> in headway.yaml.</p>`
      : html`<table class="cards">
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Phase</th>
              <th scope="col">Wanted</th>
              <th scope="col">Observed</th>
              <th scope="col" class="end">Since</th>
            </tr>
          </thead>
          ${rows}
        </table>`,
  );
}

/**
 * @param {Service} service
 * @param {{ repo: string | undefined, now: number, current: boolean }} its
 */
function row(service, { repo, now, current }) {
  const { target, image, tag, wanted, observed, phase } = service;
  const behind = wanted !== undefined && wanted.digest !== observed?.digest;
  const why = reason(service, now);
  return html`<tbody class=${current ? 'current' : ''}>
    <tr class=${why === nothing ? '' : 'continued'}>
      <th scope="row">
        <a href=${formatSelection({ kind: 'service', ...service })} aria-current=${current ? 'true' : 'false'}
          >${service.service}</a
        >
        <small>at ${target} · follows ${image}:${tag}</small>
      </th>
      <td data-label="Phase">${badge(phase)}</td>
      <td data-label="Wanted" class=${behind ? 'ahead' : ''}>${version(wanted, repo)}</td>
      <td data-label="Observed">${version(observed, repo)}</td>
      <td data-label="Since" class="end">${when((observed ?? wanted)?.at, now)}</td>
    </tr>
    ${
      why === nothing
        ? nothing
        : html`<tr class="reason">
            <td colspan="5">${why}</td>
          </tr>`
    }
  </tbody>`;
}

/**
 * @param {Service} service
 * @param {number} now
 */
function reason({ hold, message, lastError, phase }, now) {
  if (hold !== undefined) {
    return html`<b>${hold.by}</b> holds it: ${hold.why}${
      hold.until === undefined ? nothing : html` <small>· lapses ${when(hold.until, now)}</small>`
    }`;
  }
  const text = message ?? (phase === 'running' ? undefined : lastError);
  return text === undefined ? nothing : html`${text}`;
}
