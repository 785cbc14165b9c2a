import { shortDigest } from '../../shared/domain/names/digest.ts';
import type { GateAnswer } from '../../shared/ports/gate.ts';
import type { Promote } from './promote.ts';

type Place = {
  readonly image: string;
  readonly digest: string;
  readonly gate: string;
  readonly startedAt: string;
};

/** The most characters of output that are kept: the last ones, by whole lines. */
const KEPT = 4 * 1024 * 1024;

/** Collects what a gate writes, without secrets. */
export function createGateLog({ artifacts, redact, log }: Promote, place: Place) {
  let lines: string[] = [];
  let size = 0;
  let isCut = false;
  return {
    line(text: string): void {
      const line = redact(text);
      lines.push(line);
      size += line.length + 1;
      if (size > 2 * KEPT) shorten();
    },
    /** Where it is kept; nothing where nothing was written, or where it could not be kept, which spoils no answer. */
    async keep({ kind, reason }: GateAnswer): Promise<string | undefined> {
      if (lines.length === 0) return undefined;
      if (size > KEPT) shorten();
      const head = isCut ? ['(what was written before is not kept)'] : [];
      const path = pathOf(place);
      try {
        await artifacts.put(path, [...head, ...lines, `headway: ${kind}, ${reason}`, ''].join('\n'));
        return path;
      } catch (error) {
        log.warn('Log of a gate not kept', { ...place, error: redact(String(error)) });
        return undefined;
      }
    },
  };

  function shorten(): void {
    let from = 0;
    for (; size > KEPT && from < lines.length; from++) size -= (lines[from]?.length ?? 0) + 1;
    lines = lines.slice(from);
    isCut = true;
  }
}

/** Short enough for people; colons are no part of a file's name everywhere. */
function pathOf({ image, digest, gate, startedAt }: Place): string {
  return `gates/${image}/${shortDigest(digest)}/${gate}/${startedAt.replaceAll(':', '-')}.log`;
}
