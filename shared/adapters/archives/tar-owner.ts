type Owner = { readonly uid: number; readonly gid: number; readonly pax?: Record<string, string> };

/** Numbers above this do not fit the six octal digits of a tar header; they go into an extended one. */
const LARGEST = 0o777777;

/** Whose an entry is, for its header. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export function tarOwner(uid: number, gid: number): Owner {
  const large = Object.entries({ uid, gid }).filter(([, id]) => id > LARGEST);
  const pax = Object.fromEntries(large.map(([name, id]) => [name, String(id)]));
  return { uid, gid, ...(large.length > 0 && { pax }) };
}
