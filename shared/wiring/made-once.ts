/**
 * What each name stands for, made when it is first needed and then the same for all who name it. What could not be
 * made, or was not there, is made anew when it is needed again.
 */
export function madeOnce<T>(make: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return name => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    const forget = () => made.delete(name);
    known.then(found => found ?? forget(), forget);
    return known;
  };
}
