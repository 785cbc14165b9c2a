/** What is known of one HTTP request before anything is done for it. */
export type AccessRequest = {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `shell`: a file of the page, the same for everybody; it holds no data. */
  readonly wants: 'shell' | 'read' | 'change';
  readonly token: 'absent' | 'wrong' | 'right';
};

export type AccessRules = {
  /** Whether the server is bound to an address that only this machine reaches. */
  readonly loopback: boolean;
  /** The name by which people reach it, without port. */
  readonly hostName?: string | undefined;
};

export type AccessVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 421; readonly reason: string };

/**
 * Who may do what. Reading on loopback is free, everything else needs the token. Names that others may point at
 * this machine are turned away first, since a browser would take their pages for ours (DNS rebinding); an
 * address cannot be rebound, so any address will do where the token guards reading too.
 */
export function judgeAccess(request: AccessRequest, rules: AccessRules): AccessVerdict {
  const host = splitHost(request.host);
  if (host === undefined || !isOurs(host.name, rules)) {
    const instead =
      rules.hostName === undefined
        ? 'use its address, or localhost'
        : `use "${rules.hostName}", or its address`;
    return refuse(
      421,
      `Cannot serve host "${request.host ?? ''}": it is not a name of this server; ${instead}`,
    );
  }
  if (request.origin !== undefined && originHost(request.origin) !== host.whole) {
    return refuse(403, `Cannot serve a page of "${request.origin}": only its own page may call this server`);
  }
  if (request.wants === 'shell') return { kind: 'allowed' };
  if (request.token === 'wrong')
    return refuse(401, 'Cannot accept the token: it is not the one of this server');
  if (request.token === 'right' || (rules.loopback && request.wants === 'read')) return { kind: 'allowed' };
  return refuse(401, 'Cannot go on without a token: send it as "Authorization: Bearer TOKEN"');
}

function refuse(status: 401 | 403 | 421, reason: string): AccessVerdict {
  return { kind: 'refused', status, reason };
}

type Host = { readonly name: string; readonly whole: string };

function isOurs(name: string, { loopback, hostName }: AccessRules): boolean {
  if (name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name)) return true;
  if (hostName !== undefined && name === hostName.toLowerCase()) return true;
  return !loopback && (name.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name));
}

/** `Host = uri-host [ ":" port ]`, https://www.rfc-editor.org/rfc/rfc9110#field.host */
function splitHost(text: string | undefined): Host | undefined {
  const [, name = '', port = ''] =
    /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::(\d{1,5}))?$/i.exec(text ?? '') ?? [];
  if (name === '') return undefined;
  return { name: name.toLowerCase(), whole: withoutUsualPort(name, port) };
}

/** `null` and what is not `scheme://host` is nobody's origin. https://www.rfc-editor.org/rfc/rfc6454#section-7 */
function originHost(origin: string): string | undefined {
  const [, rest] = /^https?:\/\/([^/?#@]+)$/i.exec(origin) ?? [];
  return rest === undefined ? undefined : splitHost(rest)?.whole;
}

/** Behind a proxy that ends TLS the scheme is not known here, so the usual port of either scheme is left out. */
function withoutUsualPort(name: string, port: string): string {
  return port === '' || port === '80' || port === '443'
    ? name.toLowerCase()
    : `${name.toLowerCase()}:${Number(port)}`;
}
