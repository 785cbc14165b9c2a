import type { IncomingMessage } from 'node:http';
import { Refusal } from './answers.ts';

export type Login = { readonly username: string; readonly password: string };
/** Whether these are the credentials of somebody who may do everything here. Compare in constant time. */
export type Authorize = (login: Login) => boolean | Promise<boolean>;

/** @throws {Refusal} with the challenge of RFC 7617, unless the request has credentials that are right. */
export async function authenticate(request: IncomingMessage, authorize: Authorize): Promise<void> {
  const login = loginOf(request.headers.authorization ?? '');
  if (login !== undefined && (await authorize(login))) return;
  throw new Refusal(401, 'UNAUTHORIZED', {
    message: 'a user name and a password are needed',
    headers: { 'WWW-Authenticate': 'Basic realm="headway"' },
  });
}

function loginOf(authorization: string): Login | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
