import test from 'ava';
import fc from 'fast-check';
import { createTerminal } from '../../infra/cli/journal/terminal.ts';

/** What a terminal shows after these bytes, as far as our own few codes go. */
function screen(written: string): string[] {
  return written.split('\n').map(line => line.split('\r\u001b[K').at(-1) ?? '');
}

function open(isTTY: boolean, columns = 40) {
  const pieces: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => pieces.push(text) };
  return { terminal: createTerminal(stream), written: () => pieces.join('') };
}

const said = fc.oneof(
  fc.stringMatching(/^[a-z ]{0,60}$/).map(line => ({ line })),
  fc.option(fc.stringMatching(/^[a-z]{1,60}$/), { nil: undefined }).map(progress => ({ progress })),
);

test('whatever is said in whatever order, lines stay whole, and the changing line stays below them', t => {
  fc.assert(
    fc.property(fc.array(said), all => {
      const { terminal, written } = open(true);
      let below: string | undefined;
      for (const one of all) {
        if ('line' in one) terminal.line(one.line);
        else {
          below = one.progress;
          terminal.progress(below);
        }
      }
      const lines = all.flatMap(one => ('line' in one ? [one.line] : []));
      t.deepEqual(screen(written()), [...lines, below?.slice(0, 39) ?? '']);
    }),
  );
});

test('in a pipe there are only lines', t => {
  const { terminal, written } = open(false);
  terminal.progress('half');
  terminal.line('one');
  terminal.progress('more');
  terminal.progress(undefined);
  terminal.line('two');
  t.is(written(), 'one\ntwo\n');
});
