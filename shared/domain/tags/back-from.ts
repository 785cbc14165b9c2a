import type { Standing } from '../documents/tag.ts';

/** More steps back in a row than anybody takes. */
const MOST = 20;

/** What a tag was taken back from, where a person has it go from a standing back to a digest: also the steps before. */
export function backFrom({ digest, takenBackFrom = [] }: Standing, to: string): string[] {
  return [...new Set([digest, ...takenBackFrom])].filter(each => each !== to).slice(0, MOST);
}
