/**
 * A function that works out what follows from a value once, and gives the same answer from then on: what
 * a configuration says does not change, and is asked for with every message.
 */
export function derivedOnce<From extends object, To>(derive: (from: From) => To): (from: From) => To {
  const known = new WeakMap<From, { readonly to: To }>();
  return from => {
    const found = known.get(from) ?? { to: derive(from) };
    known.set(from, found);
    return found.to;
  };
}
