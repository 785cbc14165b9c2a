/**
 * What the reader looks at closely, kept in the address so that it can be sent to somebody.
 *
 * @typedef {{ kind: 'commit', repo: string, sha: string }} CommitSelection
 * @typedef {{ kind: 'service', target: string, service: string }} ServiceSelection
 * @typedef {CommitSelection | ServiceSelection} Selection
 */

/**
 * @param {string} hash the address behind and with `#`
 * @returns {Selection | undefined}
 */
export function parseSelection(hash) {
  const [, kind = '', first = '', second = ''] = /^#\/(commits|services)\/([^/]+)\/([^/]+)$/.exec(hash) ?? [];
  try {
    const [a, b] = [decodeURIComponent(first), decodeURIComponent(second)];
    if (kind === 'commits') return { kind: 'commit', repo: a, sha: b };
    if (kind === 'services') return { kind: 'service', target: a, service: b };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  return undefined;
}

/** @param {Selection} selection */
export function formatSelection(selection) {
  return selection.kind === 'commit'
    ? `#/commits/${encodeURIComponent(selection.repo)}/${encodeURIComponent(selection.sha)}`
    : `#/services/${encodeURIComponent(selection.target)}/${encodeURIComponent(selection.service)}`;
}

/**
 * @param {Selection | undefined} a
 * @param {Selection | undefined} b
 */
export function sameSelection(a, b) {
  return a === b || (a !== undefined && b !== undefined && formatSelection(a) === formatSelection(b));
}
