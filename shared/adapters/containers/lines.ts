import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** Makes lines of output that comes in any pieces, in memory that does not grow with it. */
export type Lines = {
  write(piece: Uint8Array): void;
  /** Hands on what has not been ended by a line feed. */
  end(): void;
};

const LONGEST = 10_000;

/**
 * Each line to `output`: without colours, as it stands at its end where it was written over (progress bars), and cut
 * after 10,000 characters.
 */
export function createLines(output: (line: string) => void): Lines {
  const decoder = new StringDecoder('utf8');
  let open = '';
  let cut = false;
  const append = (text: string) => {
    const room = LONGEST - open.length;
    cut ||= text.length > room;
    if (room > 0) open += text.slice(0, room);
    const over = open.lastIndexOf('\r', open.length - 2);
    if (over >= 0) open = open.slice(over + 1);
  };
  const close = () => {
    output(`${stripVTControlCharacters(open.replace(/\r$/, ''))}${cut ? ' … (cut)' : ''}`);
    open = '';
    cut = false;
  };
  return {
    write(piece) {
      const text = decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      let from = 0;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        append(text.slice(from, at));
        close();
        from = at + 1;
      }
      append(text.slice(from));
    },
    end() {
      append(decoder.end());
      if (open !== '') close();
    },
  };
}
