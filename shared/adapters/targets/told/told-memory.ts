import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Digest } from '../../../domain/names/digest.ts';
import { writeWhole } from './write-whole.ts';

const Told = z.object({
  /** What was told last, whatever came of it, and the name of that telling, which a repeat has too. */
  asked: z.object({ digest: Digest, delivery: z.string() }).optional(),
  /** What was told last with success. */
  done: Digest.optional(),
});
export type Told = z.infer<typeof Told>;

/** What a target was told to run, by service; a restart forgets nothing of it. */
export type ToldMemory = {
  recall(name: string): Promise<Told>;
  /** Before it is told. @returns the name of this telling: another one for each change, the same for a repeat. */
  asking(name: string, digest: Digest): Promise<string>;
  /** After it was told with success. */
  done(name: string, digest: Digest): Promise<void>;
};

/** @param folder its own, made when it is first needed; each service has a small file in it. */
export function createToldMemory(folder: string): ToldMemory {
  const fileOf = (name: string) => join(folder, `${encodeURIComponent(name)}.json`);

  const write = (name: string, told: Told) => writeWhole(fileOf(name), JSON.stringify(told));

  async function recall(name: string): Promise<Told> {
    try {
      return Told.parse(JSON.parse(await readFile(fileOf(name), 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw new Error(`Cannot read "${fileOf(name)}", which says what was deployed; remove or mend it`, {
        cause: error,
      });
    }
  }

  return {
    recall,
    async asking(name, digest) {
      const told = await recall(name);
      if (told.asked?.digest === digest) return told.asked.delivery;
      const delivery = randomUUID();
      await write(name, { ...told, asked: { digest, delivery } });
      return delivery;
    },
    async done(name, digest) {
      await write(name, { ...(await recall(name)), done: digest });
    },
  };
}
