import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { Ref } from '../../../shared/ports/documents.ts';
import type { Progress } from '../../../shared/ports/progress.ts';
import { builds, type Collection, deliveries, moves, services } from '../../../shared/records/collections.ts';
import { type Records, refByKey } from '../../../shared/records/records.ts';
import type { Looks } from '../text/style.ts';
import {
  describeBuild,
  describeDelivery,
  describeMove,
  describeService,
  type JournalLine,
} from './describe-change.ts';
import { formatLine } from './format-line.ts';
import { progressBar } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

type Teller = { readonly tell: (ref: Ref) => Promise<JournalLine | undefined> };
/** How many documents of a kind are remembered; what is older is told of as if it were new. */
const REMEMBERED = 1_000;

/** Tells the journey as it happens, a line a step, from what the documents say, until it is stopped. */
export function keepJournal(
  records: Records,
  { terminal, looks }: { terminal: Terminal; looks: () => Looks },
) {
  const tellers = new Map<string, Teller>([
    // A body may be large, and nothing that is told depends on it.
    ['deliveries', teller(records, deliveries, describeDelivery, delivery => ({ ...delivery, body: '' }))],
    ['builds', teller(records, builds, describeBuild)],
    ['moves', teller(records, moves, describeMove)],
    ['services', teller(records, services, describeService)],
  ]);
  const bars = new Map<string, Progress>();
  const redraw = () =>
    terminal.progress(bars.size === 0 ? undefined : barsText([...bars.values()], looks().width));
  let last = Promise.resolve();
  const stopWatching = records.watch(ref => {
    last = last.then(() => tellOne(ref)).catch(() => {});
  });
  const tellOne = async (ref: Ref) => {
    const line = await tellers.get(ref.collection)?.tell(ref);
    if (line === undefined) return;
    if (line.kind === 'build') bars.delete(line.subject);
    redraw();
    terminal.line(formatLine(line, looks(), new Date()));
  };
  return {
    show(progress: Progress) {
      const name = `${progress.build.image}@${shortSha(progress.build.commit)}`;
      if (progress.done >= progress.total) bars.delete(name);
      else bars.set(name, progress);
      redraw();
    },
    async stop() {
      stopWatching();
      await last;
      terminal.progress(undefined);
    },
  };
}

/** Remembers the latest documents as they were when they were last told of. */
function teller<T>(
  records: Records,
  collection: Collection<T>,
  describe: (before: T | undefined, now: T) => JournalLine | undefined,
  remember: (document: T) => T = document => document,
): Teller {
  const told = new Map<string, T>();
  return {
    async tell({ key }) {
      const now = await records.get(refByKey(collection, key));
      const before = told.get(key);
      if (now === undefined) return undefined;
      told.delete(key);
      told.set(key, remember(now));
      const [oldest] = told.keys();
      if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
      return describe(before, now);
    },
  };
}

const GAP = '   ';
/** What stands beside a bar: the build, the part that is done, the step. */
const BESIDE = 28;

/** The builds beside each other, with bars as wide as there is room for. */
function barsText(all: readonly Progress[], width: number): string {
  const room = Math.floor((width - GAP.length * (all.length - 1)) / all.length) - BESIDE;
  const barWidth = Math.max(4, Math.min(24, room));
  const texts = all.map(({ build, step, done, total }) =>
    [`${build.image}@${shortSha(build.commit)}`, progressBar({ done, total }, barWidth), step].join(' '),
  );
  return texts.join(GAP);
}
