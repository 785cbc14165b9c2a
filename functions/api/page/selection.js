/**
 * What the reader looks at closely, kept in the address so that it can be sent to somebody.
 *
 * @typedef {{ kind: 'commit', repo: string, sha: string }} CommitSelection
 * @typedef {{ kind: 'service', target: string, service: string }} ServiceSelection
 * @typedef {{ kind: 'build', image: string, commit: string, file?: { folder: string, name: string } }} BuildSelection
 * @typedef {CommitSelection | ServiceSelection | BuildSelection} Selection
 */

/**
 * @param {string} hash the address behind and with `#`
 * @returns {Selection | undefined}
 */
export function parseSelection(hash) {
  const [, path = ''] = /^#\/(.+)$/.exec(hash) ?? [];
  try {
    const [kind, a = '', b = '', ...more] = path.split('/').map(decodeURIComponent);
    if (a === '' || b === '') return undefined;
    if (kind === 'commits' && more.length === 0) return { kind: 'commit', repo: a, sha: b };
    if (kind === 'services' && more.length === 0) return { kind: 'service', target: a, service: b };
    if (kind === 'builds') return buildSelection(a, b, more);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  return undefined;
}

/**
 * @param {string} image
 * @param {string} commit
 * @param {string[]} more
 * @returns {BuildSelection | undefined}
 */
function buildSelection(image, commit, [word, folder, name, ...more]) {
  if (word !== 'files' || more.length > 0) return undefined;
  if (folder === undefined) return { kind: 'build', image, commit };
  return name === undefined ? undefined : { kind: 'build', image, commit, file: { folder, name } };
}

/** @param {Selection} selection */
export function formatSelection(selection) {
  return `#/${partsOf(selection).map(encodeURIComponent).join('/')}`;
}

/**
 * The same parts as the path of the API that tells more.
 *
 * @param {Selection} selection
 */
function partsOf(selection) {
  if (selection.kind === 'commit') return ['commits', selection.repo, selection.sha];
  if (selection.kind === 'service') return ['services', selection.target, selection.service];
  const { image, commit, file } = selection;
  return ['builds', image, commit, 'files', ...(file === undefined ? [] : [file.folder, file.name])];
}

/**
 * @param {Selection | undefined} a
 * @param {Selection | undefined} b
 */
export function sameSelection(a, b) {
  return a === b || (a !== undefined && b !== undefined && formatSelection(a) === formatSelection(b));
}
