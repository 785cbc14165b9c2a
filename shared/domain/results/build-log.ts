const STEP = /^Step \d+\/\d+ : /;
/** The beginning of a log is kept up to so many characters, and its end up to as many: a build may print without end. */
const KEPT = 4 * 1024 * 1024;

/** Collects the log of a build or a test; its memory is bounded, whatever is printed. */
export type BuildLog = {
  /** One line without its end, and when it came, in milliseconds. */
  write(line: string, at: number): void;
  /** Nothing more comes. */
  end(at: number): void;
  /** All that came so far. */
  text(): string;
};

/**
 * The lines as they came. Those of a build (`timed`) with `Step N took [M min S sec] ` before each step of the Dockerfile
 * and at the end: N counts from 0, so that it times what came before, and 0 is the preparation.
 *
 * @param begun in milliseconds.
 */
export function createBuildLog(
  begun: number,
  { timed = true, kept = KEPT }: { readonly timed?: boolean; readonly kept?: number } = {},
): BuildLog {
  let [head, tail] = ['', ''];
  let leftOut = 0;
  let step = 0;
  let since = begun;

  function add(line: string): void {
    if (tail === '' && head.length + line.length < kept) {
      head += `${line}\n`;
      return;
    }
    tail += `${line}\n`;
    // Cut seldom: each cut copies what is kept.
    if (tail.length > 2 * kept) {
      leftOut += tail.length - kept;
      tail = tail.slice(-kept);
    }
  }

  return {
    write(line, at) {
      if (timed && STEP.test(line)) {
        add(took(step, at - since));
        step += 1;
        since = at;
      }
      add(line);
    },
    end(at) {
      if (timed) add(took(step, at - since));
    },
    text() {
      const gap = leftOut === 0 ? '' : `[… ${leftOut} characters were left out …]\n`;
      return `${head}${gap}${tail}`;
    },
  };
}

function took(step: number, milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  return `Step ${step} took [${Math.floor(seconds / 60)} min ${seconds % 60} sec] `;
}
