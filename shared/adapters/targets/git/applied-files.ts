import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeWhole } from '../told/write-whole.ts';

const Applied = z.object({
  /** `registry/repository@digest`s of the file when it was applied last; none once another try was begun and did not succeed. */
  images: z.array(z.string()),
  /** Of the last try. */
  commit: z.string(),
  /** Why the last try failed. */
  failure: z.string().optional(),
});
export type Applied = z.infer<typeof Applied>;

/** What was applied of a branch, by path; a restart forgets nothing of it. */
export type AppliedFiles = {
  get(): Promise<ReadonlyMap<string, Applied>>;
  set(entries: ReadonlyMap<string, Applied>): Promise<void>;
};

/** @param path of a small file, made when it is first needed; only one process may use it at a time. */
export function createAppliedFiles(path: string): AppliedFiles {
  let known: ReadonlyMap<string, Applied> | undefined;

  async function get(): Promise<ReadonlyMap<string, Applied>> {
    known ??= await read(path);
    return known;
  }

  return {
    get,
    async set(entries) {
      const next = new Map([...(await get()), ...entries]);
      await writeWhole(path, JSON.stringify(Object.fromEntries(next)));
      known = next;
    },
  };
}

async function read(path: string): Promise<ReadonlyMap<string, Applied>> {
  try {
    const text = await readFile(path, 'utf8');
    return new Map(Object.entries(z.record(z.string(), Applied).parse(JSON.parse(text))));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw new Error(`Cannot read "${path}", which says what was applied; remove or mend it`, {
      cause: error,
    });
  }
}
