import type { Pack } from 'tar-stream';

type Header = Parameters<Pack['entry']>[0];

/** Numbers above this do not fit the six octal digits of a tar header; they go into an extended one. */
const LARGEST = 0o777777;

/** Whose an entry is, for its header. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export function tarOwner(uid: number, gid: number): Omit<Header, 'name'> {
  const large = Object.entries({ uid, gid }).filter(([, id]) => id > LARGEST);
  const pax =
    large.length === 0 ? {} : { pax: Object.fromEntries(large.map(([name, id]) => [name, String(id)])) };
  return { uid, gid, ...pax };
}
