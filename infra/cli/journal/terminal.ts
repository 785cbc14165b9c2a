import { stripVTControlCharacters } from 'node:util';

/** Lines that stay, and one line at the bottom that changes. In a pipe there is no such line, and nothing is garbled. */
export type Terminal = {
  line(text: string): void;
  /** Shows the changing line, or takes it away. */
  progress(text: string | undefined): void;
};

const CLEAR_LINE = '\r\u001b[K';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown };

export function createTerminal(stream: Stream): Terminal {
  let shown: string | undefined;
  const clear = () => (shown === undefined ? '' : CLEAR_LINE);
  const fitted = (text: string) => {
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    return stripVTControlCharacters(text).length <= width
      ? text
      : stripVTControlCharacters(text).slice(0, width);
  };
  return {
    line(text) {
      stream.write(`${clear()}${text}\n${shown === undefined ? '' : fitted(shown)}`);
    },
    progress(text) {
      if (!stream.isTTY || text === shown) return;
      stream.write(`${clear()}${text === undefined ? '' : fitted(text)}`);
      shown = text;
    },
  };
}
