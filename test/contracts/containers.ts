import { randomUUID } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext, TestFn } from 'ava';
import { ContainerFailure, type ContainerOrder, type Containers } from '../../shared/ports/containers.ts';
import { buildContext } from '../helpers/build-context.ts';

/** Containers with an image that has a shell. */
export type ContainersPlace = {
  readonly containers: Containers;
  /** By digest or by a name that is known there; it has `sh`, `dd` and `sleep`. */
  readonly image: string;
  /** An image that is nowhere. */
  readonly missing: string;
  /** Whether folders of this machine can be put in. */
  readonly folders: boolean;
  /** Milliseconds within which a container surely begins to write, once it has started. */
  readonly shortest: number;
  /** Whether it can be told that there are no graphics cards at all, and not only none that is free. */
  readonly countsGpus: boolean;
  /** How many containers there are of the run with this word in its environment. */
  readonly count: (word: string) => Promise<number>;
  /** Milliseconds after which one that ended is surely gone; 0 where it is when the run resolves. */
  readonly clearing: number;
  /** Whether what a container writes can be had; some clusters cannot give it. */
  readonly logs: boolean;
  readonly unreachable: Containers;
};
/** Nothing, said aloud, where there is no engine. What it opens is closed with the test. */
export type OpenContainers = (t: ExecutionContext) => Promise<ContainersPlace | undefined>;

type Bench = ReturnType<typeof benchFor>;
const LONG_ENOUGH = 120_000;

/** What everything promises that runs containers. */
export function containersContract(test: TestFn, name: string, open: OpenContainers): void {
  const holds = (claim: string, check: (t: ExecutionContext, bench: Bench) => Promise<void>) =>
    test(`${name} containers ${claim}`, async t => {
      const place = await open(t);
      if (place === undefined) {
        t.pass();
        return;
      }
      const bench = benchFor(place);
      await check(t, bench);
      t.is(await bench.left(), 0, 'no container is left');
    });

  holds('run a command to its end and hand on each line of both streams', async (t, bench) => {
    const { end, lines } = await bench.run(['sh', '-c', 'echo one; echo two >&2; printf three; exit 0']);
    t.deepEqual(end, { kind: 'exited', code: 0 });
    bench.said(t, lines.toSorted(), ['one', 'three', 'two']);
  });

  holds('tell the exit status as it is, and pass arguments on unchanged', async (t, bench) => {
    const { end, lines } = await bench.run(['sh', '-c', 'echo "[$1]"; exit 7', 'sh', 'a "b" $c\t*']);
    t.deepEqual(end, { kind: 'exited', code: 7 });
    t.is(lines[0], '[a "b" $c\t*]');
  });

  holds('give the environment and the working folder', async (t, bench) => {
    const script = 'echo "$GREETING in $PWD"; exit 3';
    const { lines } = await bench.run(['sh', '-c', script], {
      environment: { GREETING: 'hello  $(world)' },
      workingDirectory: '/tmp',
    });
    t.is(lines[0], 'hello  $(world) in /tmp');
  });

  holds('put files where the order says', async (t, bench) => {
    const files = { '/etc/headway/one.txt': 'first\n', '/run/secrets/TOKEN': 's3cret' };
    const { lines } = await bench.run(['sh', '-c', 'cat /etc/headway/one.txt /run/secrets/TOKEN; exit 3'], {
      files,
    });
    t.deepEqual(lines.slice(0, 2), ['first', 's3cret']);
  });

  holds('put folders in with their modes, links and folders, where these can be had', async (t, bench) => {
    if (!bench.folders) return;
    const from = await buildContext(t, {
      'a/deep/file.txt': 'content\n',
      run: { program: '#!/bin/sh\necho it runs\n' },
      link: { link: 'a/deep/file.txt' },
    });
    const { lines } = await bench.run(['sh', '-c', './run && cat link && touch a/deep/mine && ls a/deep'], {
      folders: { '/headway/put': from },
      workingDirectory: '/headway/put',
    });
    t.deepEqual(lines, ['it runs', 'content', 'file.txt', 'mine']);
  });

  holds('cut a line that does not end, and show a progress bar as it stands at last', async (t, bench) => {
    const script = "dd if=/dev/zero bs=1M count=4 2>/dev/null | tr '\\0' x; echo; printf '10%%\\r100%%\\n'";
    const { end, lines } = await bench.run(['sh', '-c', script]);
    t.deepEqual(end, { kind: 'exited', code: 0 });
    if (!bench.logs) return;
    t.is(lines.length, 2);
    t.regex(lines[0] ?? '', /^x{10000} … \(cut\)$/);
    t.is(lines[1], '100%');
  });

  holds('kill what runs longer than it may', async (t, bench) => {
    const { end, lines } = await bench.run(
      ['sh', '-c', 'echo begun; sleep 600 & while true; do sleep 1; done'],
      { timeout: bench.shortest },
    );
    t.deepEqual(end, { kind: 'timed out' });
    bench.said(t, lines, ['begun']);
  });

  holds('see that the memory was not enough', async (t, bench) => {
    const { end } = await bench.run(['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'], {
      limits: { memory: '32m', cpus: 0.5 },
    });
    // Neither an engine nor a node always hears of the reason before the end.
    const isKilled = end.kind === 'exited' && end.code === 137;
    t.true(end.kind === 'out of memory' || isKilled, JSON.stringify(end));
  });

  holds('stop when told to, with the reason', async (t, bench) => {
    const stop = new AbortController();
    const reason = new Error('superseded');
    const running = bench.run(['sh', '-c', 'echo begun; sleep 600'], {}, stop.signal);
    running.catch(() => {});
    while ((await bench.count(bench.word)) === 0) await later(100);
    stop.abort(reason);
    t.is(await t.throwsAsync(running), reason);
    t.is(await t.throwsAsync(bench.run(['true'], {}, AbortSignal.abort(reason))), reason);
  });

  const never: readonly (readonly [string, Partial<ContainerOrder>, RegExp])[] = [
    ['a program that is not there', { command: ['/no/such/program'] }, /\/no\/such\/program/],
    ['a file that is no program', { command: ['/etc/passwd'] }, /\/etc\/passwd/],
  ];
  for (const [what, order, message] of never) {
    holds(`refuse ${what} for good`, async (t, bench) => {
      const error = await t.throwsAsync(bench.run(order.command ?? [], order), {
        instanceOf: ContainerFailure,
        message,
      });
      t.regex(error.message, /^Cannot run /);
    });
  }

  holds('refuse an image that is nowhere for good', async (t, bench) => {
    await t.throwsAsync(bench.run(['true'], { image: bench.missing }), {
      instanceOf: ContainerFailure,
      message: /^Cannot .*missing/,
    });
  });

  holds('refuse graphics cards that are not there', async (t, bench) => {
    const error = await t.throwsAsync(bench.run(['true'], { gpus: true }), {
      message: /graphics cards|nvidia/,
    });
    t.is(error instanceof ContainerFailure, bench.countsGpus);
  });

  holds('throw what may pass by itself where nobody answers', async (t, bench) => {
    const order = { image: bench.image, command: ['true'], timeout: LONG_ENOUGH };
    const asked = bench.unreachable.run(order, () => {}, AbortSignal.timeout(LONG_ENOUGH));
    const error = await t.throwsAsync(asked, { message: /^Cannot / });
    t.false(error instanceof ContainerFailure);
  });
}

function benchFor(place: ContainersPlace) {
  const word = randomUUID();
  return {
    ...place,
    word,
    async left() {
      const tries = place.clearing / 250;
      for (let tried = 0; ; tried++) {
        const left = await place.count(word);
        if (left === 0 || tried >= tries) return left;
        await later(250);
      }
    },
    /** Compares what a container wrote, where that can be had. */
    said(t: ExecutionContext, lines: readonly string[], expected: readonly string[]) {
      if (place.logs) t.deepEqual(lines, expected);
    },
    async run(
      command: readonly string[],
      rest: Partial<ContainerOrder> = {},
      signal = AbortSignal.timeout(LONG_ENOUGH),
    ) {
      const lines: string[] = [];
      const order = { image: place.image, command, timeout: LONG_ENOUGH, ...rest };
      const environment = { ...rest.environment, HEADWAY_TEST: word };
      const output = (line: string) => lines.push(line);
      const end = await place.containers.run({ ...order, environment }, output, signal);
      return { end, lines };
    },
  };
}
