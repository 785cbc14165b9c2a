import { html } from 'lit-html';

/**
 * Asks for a promotion of one image, several or the whole stack.
 *
 * @param {(wish: import('../say.js').Wish) => void} say
 */
export function promotionForm(say) {
  /** @param {SubmitEvent} event */
  const submit = event => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target), event.submitter);
    const text = (/** @type {string} */ name) => String(fields.get(name)).trim();
    const [from, to] = [text('source'), text('target')];
    const images = text('images')
      .split(/[\s,]+/)
      .filter(Boolean);
    if (from === '') return;
    const dryRun = fields.get('do') === 'try';
    const body = { from, ...(to !== '' && { to }), ...(images.length > 0 && { images }), dryRun };
    say({ path: '/promotions', body });
  };
  return html`<form @submit=${submit}>
    <label>Promote <input name="source" required placeholder="2026.3-main" autocomplete="off" /></label>
    <label>to <input name="target" placeholder="2026.3-stable" autocomplete="off" /></label>
    <label>of <input name="images" placeholder="all images" title="All images, or their names: base, web" autocomplete="off" /></label>
    <button name="do" value="try">Try</button>
    <button name="do" value="move">Promote</button>
  </form>`;
}
