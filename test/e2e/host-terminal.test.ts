import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import { createSamplePlace } from '../helpers/host-process-sample.ts';
import { runProgram } from '../helpers/run-program.ts';

/** What the sample may say in a terminal: lines of the journal and how they go on, and what frames them. */
const LINES = [
  /^\d\d:\d\d:\d\d {2}(?:hook|push|build|notice|moved|refused|deploy|running) {1,7} \S/,
  /^ {42}\S/,
  /^left out: |^ {2}\S|^headway ready |^(?:The page|As text|Your turn|Your own): |^ {13}git clone /,
  /^stopping: |^ended with 0$/,
];

const inTerminal = test.macro({
  async exec(t, columns: number, rows: number) {
    t.timeout(120_000);
    if ((await runProgram('tmux', ['-V'])) === undefined) {
      t.log('skipped: needs tmux');
      t.pass();
      return;
    }
    const place = await createSamplePlace(t);
    const session = `headway-${place.port}`;
    const tmux = (...words: string[]) => runProgram('tmux', ['-L', session, ...words]);
    t.teardown(() => tmux('kill-server').catch(() => {}));
    const command = `cd '${place.folder}' && ${place.command('up')}; echo "ended with $?"; sleep 60`;
    await tmux('new-session', '-d', '-s', 'a', '-x', String(columns), '-y', String(rows), command);
    await tmux('set-option', '-g', 'history-limit', '5000');
    const shown = async () => (await tmux('capture-pane', '-p', '-J', '-S', '-', '-t', 'a')) ?? '';
    let bars = 0;
    for (let screen = ''; !/Ctrl-C stops$/m.test(screen); await later(50)) {
      screen = await shown();
      const bar = screen.trimEnd().split('\n').at(-1) ?? '';
      if (!bar.includes('░') && !bar.includes('█')) continue;
      bars += 1;
      t.regex(bar, /^(?:\w+@[0-9a-f]{7} [█░]{4,24} {1,3}\d{1,3} %(?: \w+)?(?: {3})?)+$/);
      t.true(bar.length < columns);
    }
    await tmux('send-keys', '-t', 'a', 'C-c');
    for (let screen = ''; !/^ended with/m.test(screen); await later(50)) screen = await shown();
    const lines = (await shown()).trimEnd().split('\n');
    t.log(`${lines.length} lines; saw ${bars} progress bars`);
    t.true(bars > 0);
    // Lines that the terminal had to break are joined here, so that they would be longer.
    for (const line of lines) t.true(line.length <= columns, line);
    t.deepEqual(
      lines.filter(
        line => line !== '' && line !== '^C' && !LINES.some(pattern => pattern.test(line.replace('^C', ''))),
      ),
      [],
    );
  },
  title: (_, columns, rows) => `the journey is told without garbling in a terminal of ${columns} by ${rows}`,
});

test.serial(inTerminal, 80, 24);
test.serial(inTerminal, 120, 40);
