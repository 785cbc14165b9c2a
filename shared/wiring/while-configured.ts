import type { CloudGround, Configured } from './cloud-ground.ts';

/** Makes something of the configuration in force, and makes it anew when that is another. */
export function whileConfigured<T>(
  ground: CloudGround,
  make: (its: CloudGround & Configured) => T | Promise<T>,
): () => Promise<T> {
  let made: { readonly of: Configured; readonly value: Promise<T> } | undefined;
  return async () => {
    const configured = await ground.configured();
    if (made?.of === configured) return made.value;
    const value = Promise.resolve(make({ ...ground, ...configured }));
    made = { of: configured, value };
    // What could not be made is tried again with the next request.
    value.catch(() => {
      made = undefined;
    });
    return value;
  };
}
