export type Challenge = {
  /** Lower case, e.g. `bearer`. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: Readonly<Record<string, string>>;
};

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `\\s*=\\s*(?:"(?<quoted>(?:\\\\.|[^"\\\\])*)"|(?<plain>${TOKEN}))`;
const TOKEN68 = ' +[A-Za-z0-9._~+/-]+=*(?=\\s*(?:,|$))';
const PART = `[\\s,]*(?<name>${TOKEN})(?:${PARAMETER}|(?=[\\s,]|$)(?:${TOKEN68})?)`;

/**
 * The challenges of a `WWW-Authenticate` header, in its order; reading ends where the header is malformed.
 * https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const { groups = {} } of header.matchAll(new RegExp(PART, 'gy'))) {
    const name = (groups['name'] ?? '').toLowerCase();
    const value = groups['quoted']?.replace(/\\(.)/g, '$1') ?? groups['plain'];
    if (value === undefined) challenges.push({ scheme: name, parameters: Object.create(null) });
    else if (challenges.length > 0) Object.assign(challenges.at(-1)?.parameters ?? {}, { [name]: value });
  }
  return challenges;
}
