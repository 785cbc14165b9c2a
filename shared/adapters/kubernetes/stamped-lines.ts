import { createLines } from '../containers/lines.ts';

/** Lines of a log that is read again and again: each is handed on once, whole. */
export type StampedLines = {
  /** The time of the newest line that was handed on; empty before the first. */
  readonly last: string;
  /** Another reading begins: a line that broke off in the middle comes again. */
  begin(): void;
  write(piece: Uint8Array): void;
  /** Nothing comes after: hands on what has no line feed too. */
  end(): void;
};

/** To the nanosecond, all of one length. https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/ */
const TIME = /^\d{4}-\d\d-\d\dT\S+$/;
const LONGEST = 64;
const [BLANK, FEED] = [0x20, 0x0a];

/** Takes the times off that lines begin with. What begins with none is handed on as it comes. */
export function createStampedLines(output: (line: string) => void): StampedLines {
  let last = '';
  /** How many lines of that time were handed on: clocks are not as fine as times are written. */
  let ofLast = 0;
  let since = '';
  /** Of that time, how many come again. */
  let known = 0;
  /** Of the open line: its beginning, until that is known to be a time or none. */
  let head = Buffer.alloc(0);
  let time: string | undefined;
  let isNew = true;
  let lines = createLines(output);

  /** @param part of one line, with its line feed if that is there. */
  const take = (part: Uint8Array) => {
    const isOver = part.at(-1) === FEED;
    let rest: Uint8Array = part;
    if (time === undefined) {
      head = Buffer.concat([head, part]);
      const found = splitLine(head, isOver);
      if (found === undefined) return;
      ({ time, rest } = found);
      isNew = time === '' || time > since || (time === since && --known < 0);
    }
    if (isNew) lines.write(rest);
    if (isOver) close(time);
  };
  const close = (stamp: string) => {
    if (isNew && stamp !== '') {
      ofLast = stamp === last ? ofLast + 1 : 1;
      last = stamp;
    }
    open();
  };
  const open = () => {
    time = undefined;
    head = Buffer.alloc(0);
  };

  return {
    get last() {
      return last;
    },
    begin() {
      open();
      since = last;
      known = ofLast;
      lines = createLines(output);
    },
    write(piece) {
      for (let from = 0; from < piece.length; ) {
        const to = piece.indexOf(FEED, from) + 1 || piece.length;
        take(piece.subarray(from, to));
        from = to;
      }
    },
    end: () => lines.end(),
  };
}

/** The time that a line begins with, none for another beginning, and the rest; nothing while that is open. */
function splitLine(bytes: Buffer, isOver: boolean) {
  const blank = bytes.indexOf(BLANK);
  if (blank === -1 && !isOver && bytes.length <= LONGEST) return undefined;
  const time = bytes.toString('latin1', 0, Math.max(0, blank));
  return TIME.test(time) ? { time, rest: bytes.subarray(blank + 1) } : { time: '', rest: bytes };
}
