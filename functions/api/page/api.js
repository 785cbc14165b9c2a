/**
 * @typedef {import('../problem.ts').Problem} Problem
 */

const TOKEN = 'headway-token';

/** An answer that is not the one that was asked for; `status` is 0 when the server did not answer. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads from the API, with the token if this tab has one.
 *
 * @template T
 * @param {string} path below `/api/v1`
 * @returns {Promise<T>}
 * @throws {Refused}
 */
export async function read(path) {
  const response = await ask(path);
  return response.json().catch(() => {
    throw new Refused('The answer of the server broke off', 0);
  });
}

/**
 * Reads a file as text.
 *
 * @param {string} path below `/api/v1`
 * @returns {Promise<string>}
 * @throws {Refused}
 */
export async function readText(path) {
  const response = await ask(path);
  return response.text();
}

/**
 * @param {string} path below `/api/v1`
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 * @throws {Refused}
 */
export async function ask(path, init = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...init.headers, ...(token !== null && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`/api/v1${path}`, { ...init, headers }).catch(error => {
    if (init.signal?.aborted) throw error;
    throw new Refused('The server does not answer', 0);
  });
  if (response.ok) return response;
  /** @type {Partial<Problem>} */
  const problem = await response.json().catch(() => ({}));
  throw new Refused(problem.detail ?? `The server answered ${response.status}`, response.status);
}

/**
 * Keeps the token for as long as this tab is open.
 *
 * @param {string} token
 */
export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN) !== null;
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN);
}
