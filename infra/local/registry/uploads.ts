import { createHash, type Hash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import { createTurns } from './turns.ts';

export type Upload = {
  readonly id: string;
  readonly repository: string;
  /** Bytes that are there. */
  readonly size: number;
};

/** Blobs on their way in. A session lives as long as the process, unless nobody touches it for a day. */
export type Uploads = {
  start(repository: string): Promise<Upload>;
  find(id: string, repository: string): Upload | undefined;
  /**
   * Appends what comes, if it begins where the session ends (`from`, when it is said). What came before a broken
   * connection is kept: the client asks how far it got, and goes on there.
   * @returns false when it begins elsewhere.
   */
  append(id: string, content: AsyncIterable<Uint8Array>, from?: number): Promise<boolean>;
  /**
   * Gives the file, on disk, to `adopt` if the content has this digest; the session ends either way.
   * @returns false when it has another.
   */
  finish(id: string, digest: Digest, adopt: (path: string) => Promise<void>): Promise<boolean>;
  cancel(id: string): Promise<void>;
};

type Session = {
  readonly id: string;
  readonly repository: string;
  size: number;
  readonly hash: Hash;
  touched: number;
};

const IDLE = 24 * 60 * 60 * 1_000;

/** @param drafts an empty folder, of the file system that the blobs end on. */
export function createUploads(drafts: string): Uploads {
  const sessions = new Map<string, Session>();
  const turns = createTurns();
  const pathOf = (id: string) => join(drafts, id);

  return {
    async start(repository) {
      for (const { id, touched } of sessions.values()) {
        if (performance.now() - touched > IDLE) await end(id);
      }
      const session = {
        id: randomUUID(),
        repository,
        size: 0,
        hash: createHash('sha256'),
        touched: performance.now(),
      };
      await (await open(pathOf(session.id), 'wx')).close();
      sessions.set(session.id, session);
      return session;
    },
    find(id, repository) {
      const session = sessions.get(id);
      return session?.repository === repository ? session : undefined;
    },
    append: (id, content, from) =>
      turns(id, async () => {
        const session = sessions.get(id);
        if (session === undefined || (from !== undefined && from !== session.size)) return false;
        await write(session, content);
        return true;
      }),
    finish: (id, digest, adopt) =>
      turns(id, async () => {
        const session = sessions.get(id);
        if (session === undefined) return false;
        const fits = `sha256:${session.hash.copy().digest('hex')}` === digest;
        if (fits) {
          await settle(session);
          await adopt(pathOf(id));
        }
        await end(id);
        return fits;
      }),
    cancel: id => turns(id, () => end(id)),
  };

  /** Counted and hashed as written, so that the session says what the file holds when the connection breaks. */
  async function write(session: Session, content: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await open(pathOf(session.id), 'r+');
    try {
      for await (const chunk of content) {
        await writeAt(file, chunk, session.size);
        session.hash.update(chunk);
        session.size += chunk.length;
        session.touched = performance.now();
      }
    } finally {
      await file.close();
    }
  }

  /** Exactly the bytes that were counted, on disk: a write that failed half-way may have left more. */
  async function settle({ id, size }: Session): Promise<void> {
    const file = await open(pathOf(id), 'r+');
    try {
      await file.truncate(size);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async function end(id: string): Promise<void> {
    sessions.delete(id);
    await rm(pathOf(id), { force: true });
  }
}

async function writeAt(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
  }
}
