import { buffer } from 'node:stream/consumers';
import type { Artifacts } from '../../shared/ports/artifacts.ts';

/** Artifacts that end with the test. */
export function createMemoryArtifacts(): Artifacts & { text(path: string): string | undefined } {
  const kept = new Map<string, Uint8Array>();
  return {
    put: async (path, content) => {
      const isWhole = typeof content === 'string' || content instanceof Uint8Array;
      kept.set(path, isWhole ? Buffer.from(content) : await buffer(content.content()));
    },
    get: async path => kept.get(path),
    list: async folder => [...kept.keys()].filter(path => path.startsWith(`${folder}/`)).toSorted(),
    remove: async folder => {
      for (const path of kept.keys()) if (path.startsWith(`${folder}/`)) kept.delete(path);
    },
    text: path => {
      const found = kept.get(path);
      return found === undefined ? undefined : Buffer.from(found).toString('utf8');
    },
  };
}
