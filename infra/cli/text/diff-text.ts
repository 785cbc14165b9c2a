import type { DiffLine } from './line-diff.ts';
import type { Paint, Tone } from './style.ts';

const SIGNS = { same: ' ', added: '+', removed: '-' } as const;
const TONES: Readonly<Record<DiffLine['kind'], Tone>> = { same: 'quiet', added: 'good', removed: 'bad' };
const CONTEXT = 3;

/** The lines that differ, each with three around it; `…` stands for what is left out. */
export function diffText(lines: readonly DiffLine[], paint: Paint): string {
  const shown = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(isChange));
  return lines
    .flatMap(({ kind, text }, at) => {
      if (!shown[at]) return shown[at - 1] || at === 0 ? [paint('quiet', '…')] : [];
      return [paint(TONES[kind], `${SIGNS[kind]}${plain(text)}`.trimEnd())];
    })
    .join('\n');
}

/** How many lines were added and removed, in words. */
export function diffSummary(lines: readonly DiffLine[]): string {
  const count = (kind: DiffLine['kind']) => lines.filter(line => line.kind === kind).length;
  return `${count('added')} added, ${count('removed')} removed`;
}

function isChange({ kind }: DiffLine): boolean {
  return kind !== 'same';
}

/** What would move a terminal's cursor, or not be seen, is written out. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, character =>
    character === '\t' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
