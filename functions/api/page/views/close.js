import { html, nothing } from 'lit-html';
import { formatSelection } from '../selection.js';
import { duration, exactTime, timeOfDay } from '../times.js';
import { buildFiles } from './build-files.js';
import { badge, panel, sha, when } from './marks.js';

/**
 * @typedef {import('./empty.js').Whole} Whole
 * @typedef {import('../state.js').Timeline} Timeline
 * @typedef {import('../state.js').Why} Why
 * @typedef {Why['chain'][number]} Step
 */

/**
 * One thing read closely: a commit from push to running, a service from what it runs back to the commit, or the files
 * of a build.
 *
 * @param {Whole} state
 * @param {number} now
 */
export function close({ close }, now) {
  if (close === undefined) return nothing;
  const { detail } = close;
  if (detail.kind === 'commit') return timeline(detail.timeline, now);
  if (detail.kind === 'service') return why(detail.why, now);
  if (detail.kind === 'build') return buildFiles(detail);
  return panel(
    { id: 'close', title: 'Not there', note: html`<a href="#">newest commit</a>` },
    html`<p class="empty">${detail.text}</p>`,
  );
}

/**
 * @param {Timeline} timeline
 * @param {number} now
 */
function timeline({ commit, items }, now) {
  const pushed = items.find(({ kind }) => kind === 'push')?.at;
  const ran = items.find(({ kind }) => kind === 'running')?.at;
  const whole =
    pushed === undefined || ran === undefined || ran < pushed
      ? nothing
      : html`push to running <b>${duration(Date.parse(ran) - Date.parse(pushed))}</b>`;
  return panel(
    { id: 'close', title: 'From push to running', note: whole },
    html`<div class="close">
      <p class="about">${sha(commit.sha)} ${commit.subject ?? 'without a known subject'}</p>
      <p class="small">${commit.author ?? 'somebody'} · ${when(commit.pushedAt, now)}</p>
      ${steps(items, { forward: true, now })}
    </div>`,
  );
}

/**
 * @param {Why} why
 * @param {number} now
 */
function why({ service, target, phase, summary, obstacles, chain }, now) {
  return panel(
    { id: 'close', title: `Why ${service} runs what it runs`, note: html`<a href="#">newest commit</a>` },
    html`<div class="close">
      <p class="summary">${summary}</p>
      <p class="small">at ${target} · ${badge(phase)}</p>
      ${
        obstacles.length === 0
          ? nothing
          : html`<ul class="obstacles" aria-label="What keeps it">
              ${obstacles.map(
                ({ kind, text, until }) => html`<li class=${kind}>${text}${ends({ kind, until }, now)}</li>`,
              )}
            </ul>`
      }
      ${steps(chain, { forward: false, now })}
    </div>`,
  );
}

/**
 * When a hold lapses, or when somebody looks again.
 *
 * @param {Pick<Why['obstacles'][number], 'kind' | 'until'>} obstacle
 * @param {number} now
 */
function ends({ kind, until }, now) {
  if (until === undefined || Date.parse(until) < now) return nothing;
  const what = kind === 'hold' ? 'lapses' : 'looked at again';
  return html`<small> · ${what} ${when(until, now)}</small>`;
}

/**
 * Steps along a rail, each with the time since the one before it.
 *
 * @param {readonly Step[]} items
 * @param {{ forward: boolean, now: number }} its
 */
function steps(items, { forward, now }) {
  return html`<ol class="steps">
    ${items.map((step, i) => {
      const gap = forward ? between(items[i - 1], step) : undefined;
      return html`<li class=${step.state}>
        <span class="time">
          ${step.at === undefined ? nothing : html`<time datetime=${step.at} title=${exactTime(step.at)}>${timeOfDay(step.at, now)}</time>`}
          ${gap === undefined ? nothing : html`<small title="After the step before">+${gap}</small>`}
        </span>
        <i aria-hidden="true"></i>
        <span class="text">${step.text} ${actor(step)} ${filesOf(items, step)}</span>
      </li>`;
    })}
  </ol>`;
}

/**
 * Where a build's files are, beside the step that ended it.
 *
 * @param {readonly Step[]} items
 * @param {Step} step
 */
function filesOf(items, step) {
  const ended = items.findLast(({ kind, image }) => kind === 'build' && image === step.image);
  const [image, commit] = step.document?.key ?? [];
  if (step !== ended || image === undefined || commit === undefined) return nothing;
  if (step.state !== 'done' && step.state !== 'failed') return nothing;
  return html`<a class="small" href=${formatSelection({ kind: 'build', image, commit })}>files</a>`;
}

/**
 * Who did it, where that is neither headway itself nor said already.
 *
 * @param {Step} step
 */
function actor({ by, text }) {
  return by === undefined || by === 'headway' || text.includes(by) ? nothing : html`<small>${by}</small>`;
}

/**
 * @param {Step | undefined} before
 * @param {Step} step
 */
function between(before, step) {
  if (before?.at === undefined || step.at === undefined) return undefined;
  const milliseconds = Date.parse(step.at) - Date.parse(before.at);
  return milliseconds < 5 ? undefined : duration(milliseconds);
}
