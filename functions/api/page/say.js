import { ask, Refused } from './api.js';

/**
 * @typedef {{ path: string, body: Readonly<Record<string, unknown>> }} Wish what a person asks for, and of whom
 */

/**
 * Says something to the API.
 *
 * @param {Wish} wish
 * @param {string} by who says so, for the record
 * @returns {Promise<{ said: string, locked?: boolean, trouble?: string }>} what to change in the state
 */
export async function say({ path, body }, by) {
  try {
    await ask(path, {
      method: 'POST',
      body: JSON.stringify({ by, ...body }),
      headers: { 'content-type': 'application/json' },
    });
    return { said: 'Asked for; what comes of it is below.' };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status !== 401) return { said: error.message };
    return { said: 'Say it again now.', locked: true, trouble: 'Whoever changes something shows the token' };
  }
}
