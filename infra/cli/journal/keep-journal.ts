import type { Progress } from '../../../functions/builds/output.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { Ref } from '../../../shared/ports/documents.ts';
import { builds, type Collection, deliveries, moves, services } from '../../../shared/records/collections.ts';
import { type Records, refByKey } from '../../../shared/records/records.ts';
import type { Paint } from '../text/style.ts';
import {
  describeBuild,
  describeDelivery,
  describeMove,
  describeService,
  type JournalLine,
} from './describe-change.ts';
import { progressBar } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

type Teller = { readonly tell: (ref: Ref) => Promise<JournalLine | undefined> };
const KIND_WIDTH = 8;
const SUBJECT_WIDTH = 26;
/** How many documents of a kind are remembered; what is older is told of as if it were new. */
const REMEMBERED = 1_000;

/** Tells the journey as it happens, a line a step, from what the documents say. Returns the function that ends it. */
export function keepJournal(records: Records, { terminal, paint }: { terminal: Terminal; paint: Paint }) {
  const tellers = new Map<string, Teller>([
    // A body may be large, and nothing that is told depends on it.
    ['deliveries', teller(records, deliveries, describeDelivery, delivery => ({ ...delivery, body: '' }))],
    ['builds', teller(records, builds, describeBuild)],
    ['moves', teller(records, moves, describeMove)],
    ['services', teller(records, services, describeService)],
  ]);
  const bars = new Map<string, Progress>();
  const redraw = () =>
    terminal.progress(bars.size === 0 ? undefined : [...bars.values()].map(barText).join('   '));
  let last = Promise.resolve();
  const stopWatching = records.watch(ref => {
    last = last.then(() => tellOne(ref)).catch(() => {});
  });
  const tellOne = async (ref: Ref) => {
    const line = await tellers.get(ref.collection)?.tell(ref);
    if (line === undefined) return;
    if (line.kind === 'build') bars.delete(line.subject);
    redraw();
    terminal.line(formatLine(line, paint));
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

function formatLine({ kind, subject, text, tone }: JournalLine, paint: Paint): string {
  const time = new Date().toTimeString().slice(0, 8);
  const words = `${kind.padEnd(KIND_WIDTH)}  ${subject.padEnd(SUBJECT_WIDTH)}  ${text}`;
  return `${paint('quiet', time)}  ${tone === undefined ? words : paint(tone, words)}`;
}

function barText({ build, step, done, total }: Progress): string {
  return `${build.image}@${shortSha(build.commit)} ${progressBar(done, total)} ${step}`;
}
