import type { Why } from '../../../functions/api/answers.ts';
import { alignColumns } from './align-columns.ts';
import type { Paint, Tone } from './style.ts';

const TONES: Readonly<Record<string, Tone>> = {
  running: 'good',
  failed: 'bad',
  refused: 'warn',
  waiting: 'warn',
};

/** The chain from what runs back to the commit, and what stands in the way of more. */
export function whyText(why: Why, paint: Paint): string {
  const chain = why.chain.map(({ at, kind, by, state, text }) => [
    paint('quiet', at?.slice(0, 19).replace('T', ' ') ?? '-'),
    kind,
    paint(TONES[state] ?? 'quiet', state),
    text,
    by === undefined ? '' : paint('quiet', `by ${by}`),
  ]);
  const obstacles = why.obstacles.map(({ kind, text, until }) => [
    paint(kind === 'failure' ? 'bad' : 'warn', kind),
    text,
    until === undefined ? '' : paint('quiet', `until ${until.slice(0, 19).replace('T', ' ')}`),
  ]);
  return [
    `${paint('strong', `${why.service} at ${why.target}`)}: ${why.summary}`,
    ...(chain.length === 0 ? [] : ['', ...alignColumns(chain)]),
    ...(obstacles.length === 0 ? [] : ['', 'In the way:', ...alignColumns(obstacles)]),
  ].join('\n');
}
