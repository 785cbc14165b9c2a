import type { ImageStore } from '../../../ports/image-store.ts';

/** The store, but nothing waits for it once the signal is given: every call then throws the signal's reason. */
export function abortableStore(store: ImageStore, signal: AbortSignal): ImageStore {
  return {
    manifest: image => unlessAborted(() => store.manifest(image), signal),
    putManifest: (image, mediaType, bytes) =>
      unlessAborted(() => store.putManifest(image, mediaType, bytes), signal),
    blob: (repository, digest) => unlessAborted(() => store.blob(repository, digest), signal),
    content: (repository, digest) => store.content(repository, digest),
    ensureBlob: (repository, blob, source) =>
      unlessAborted(() => store.ensureBlob(repository, blob, source), signal),
  };
}

function unlessAborted<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const forget = () => signal.removeEventListener('abort', stop);
    act().then(resolve, reject).finally(forget);
  });
}
