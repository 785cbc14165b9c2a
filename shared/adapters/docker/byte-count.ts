import type { Message } from './messages.ts';

export type ByteCount = { readonly done: number; readonly total: number };

/** Adds up the bytes of all layers that the engine moves; a layer counts once the engine tells its size. */
export function createByteCount(): (message: Message) => ByteCount | undefined {
  const layers = new Map<string, ByteCount>();
  return ({ id, status, progressDetail }) => {
    if (id === undefined || status === undefined) return undefined;
    const { current = 0, total = 0 } = progressDetail ?? {};
    const known = layers.get(id);
    if (MOVING.has(status) && total > 0) layers.set(id, { done: Math.min(current, total), total });
    else if (MOVED.has(status) && known !== undefined) layers.set(id, { ...known, done: known.total });
    else return undefined;
    const counts = [...layers.values()];
    return {
      done: counts.reduce((sum, layer) => sum + layer.done, 0),
      total: counts.reduce((sum, layer) => sum + layer.total, 0),
    };
  };
}

const MOVING = new Set(['Pushing', 'Downloading']);
const MOVED = new Set(['Pushed', 'Download complete', 'Pull complete']);
