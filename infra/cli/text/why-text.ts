import type { Why } from '../../../functions/api/answers.ts';
import { alignColumns } from './align-columns.ts';
import { oneLine } from './one-line.ts';
import type { Looks, Tone } from './style.ts';
import { wrapWords } from './wrap-words.ts';

const TONES: Readonly<Record<string, Tone>> = {
  running: 'good',
  failed: 'bad',
  refused: 'warn',
  waiting: 'warn',
};

/** The chain from what runs back to the commit, and what stands in the way of more. */
export function whyText(why: Why, { paint, width }: Looks): string {
  const chain = why.chain.map(({ at, kind, by, state, text }) => [
    paint('quiet', at === undefined ? '-' : instantText(at)),
    kind,
    paint(TONES[state] ?? 'quiet', state),
    oneLine(by === undefined ? text : `${text} · ${by}`),
  ]);
  const obstacles = why.obstacles.map(({ kind, text, until }) => [
    paint(kind === 'failure' ? 'bad' : 'warn', kind),
    oneLine(until === undefined ? text : `${text} · until ${instantText(until)}`),
  ]);
  const title = `${why.service} at ${why.target}`;
  const [first = '', ...more] = wrapWords(`${title}: ${oneLine(why.summary)}`, width);
  return [
    first.replace(title, paint('strong', title)),
    ...more,
    ...(chain.length === 0 ? [] : ['', ...alignColumns(chain, width)]),
    ...(obstacles.length === 0 ? [] : ['', 'In the way:', ...alignColumns(obstacles, width)]),
  ].join('\n');
}

/** To the second, in UTC. */
function instantText(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')}Z`;
}
