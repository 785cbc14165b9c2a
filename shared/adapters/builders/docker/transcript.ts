import { stripVTControlCharacters } from 'node:util';
import type { BuildProgress } from '../../../ports/builder.ts';

/** Hands output on line by line, and remembers the end of it for the failure that may follow. */
export type Transcript = {
  /** Any piece of output; a line is handed on when it is complete. */
  write(text: string): void;
  progress: BuildProgress['progress'];
  /** The last lines, complete or not. */
  tail(): readonly string[];
};

const KEPT_LINES = 20;
/** In characters. Of a longer line, such as one that never ends, the rest is dropped. */
const LONGEST = 4_096;

export function createTranscript(progress: BuildProgress): Transcript {
  const kept: string[] = [];
  let open = '';
  return {
    write(text) {
      // The engine colours what a command writes to stderr.
      const lines = stripVTControlCharacters(open + text)
        .split(/\r?\n/)
        .map(line => line.slice(0, LONGEST));
      open = lines.pop() ?? '';
      for (const line of lines) {
        progress.output(line);
        kept.push(line);
      }
      kept.splice(0, kept.length - KEPT_LINES);
    },
    progress: (step, done, total) => progress.progress(step, done, total),
    tail: () => [...kept, open].filter(line => line.trim() !== ''),
  };
}
