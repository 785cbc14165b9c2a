import { html } from 'lit-html';

/**
 * Asks who speaks: what is said is on record under that name, and people's voices are counted by it.
 *
 * @param {(name: string) => void} introduce
 */
export function nameForm(introduce) {
  /** @param {SubmitEvent} event */
  const submit = event => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const name = String(fields.get('who')).trim();
    if (name !== '') introduce(name);
  };
  return html`<form class="who" @submit=${submit}>
    <label>You are <input id="who" name="who" required maxlength="200" placeholder="your name" /></label>
    <button>Go on</button>
    <small>It goes on record with this name, and people's voices are counted by theirs. Kept until this tab is closed.</small>
  </form>`;
}
