import type { Build } from '../../shared/domain/documents/build.ts';
import type { BuildProgress } from '../../shared/ports/builder.ts';
import type { ShowProgress } from '../../shared/ports/progress.ts';

const KEPT_CHARACTERS = 16 * 1024;

/** Takes a build's output: its end is kept for the record, without secrets, and its progress is shown. */
export function createOutput(
  { show, redact }: { readonly show: ShowProgress; readonly redact: (text: string) => string },
  build: Build,
): BuildProgress & { tail(): string; builder: string | undefined } {
  let text = '';
  return {
    builder: undefined,
    output(line) {
      text = `${text}${redact(line)}\n`.slice(-KEPT_CHARACTERS);
    },
    progress(step, done, total) {
      show({ build, step, done, total });
    },
    tail: () => text,
  };
}
