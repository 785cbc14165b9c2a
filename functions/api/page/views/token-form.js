import { html } from 'lit-html';

/**
 * Asks for the token. It stays in this tab and goes to this server only.
 *
 * @param {string | undefined} trouble
 * @param {(token: string) => void} enter
 */
export function tokenForm(trouble, enter) {
  /** @param {SubmitEvent} event */
  const submit = event => {
    event.preventDefault();
    const { token } = /** @type {{ token: HTMLInputElement }} */ (/** @type {unknown} */ (event.target));
    if (token.value !== '') enter(token.value.trim());
  };
  return html`<form class="hero" @submit=${submit} aria-labelledby="token-title">
    <h2 id="token-title">This server asks for its token</h2>
    <p>
      It can be reached from other machines, so reading needs the token too. The server keeps it in a file of its
      state folder that only its owner may read.
    </p>
    ${trouble ? html`<p class="trouble" role="alert">${trouble}</p>` : ''}
    <p class="field">
      <label for="token">Token</label>
      <input id="token" name="token" type="password" autocomplete="off" autofocus required />
      <button>Show the page</button>
    </p>
    <p class="small">It is kept until this tab is closed.</p>
  </form>`;
}
