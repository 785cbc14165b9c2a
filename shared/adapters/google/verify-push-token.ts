import type { OAuth2Client } from 'google-auth-library';

export type PushTokenVerdict =
  | { readonly kind: 'verified' }
  /** For the log, not for the sender: the end of a sentence, without any of the token. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Takes the `Authorization` header. @throws {Error} when Google's keys cannot be fetched: the sender may try again. */
export type VerifyPushToken = (authorization: string | undefined) => Promise<PushTokenVerdict>;

type Expected = {
  /** What the subscription, or the scheduled job, says it sends to. */
  readonly audience: string;
  /** The e-mail address of the service account that it sends as. */
  readonly serviceAccount: string;
  /** Where the keys are, as PEM by key id; Google's by default. */
  readonly certificates?: string;
};

const ISSUER = 'https://accounts.google.com';

/**
 * Verifies the OpenID Connect token with which Pub/Sub and Cloud Scheduler sign their requests: signature and
 * times, issuer, audience, and the verified e-mail address of the one service account that may call.
 * https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#jwt-format
 *
 * Google's keys are fetched once and kept as long as their answer allows.
 */
export function createPushTokenVerifier(expected: Expected): VerifyPushToken {
  let client: Promise<OAuth2Client> | undefined;
  return async authorization => {
    const [, token] = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) return refused('there is no bearer token');
    client ??= connect(expected);
    const google = await client;
    const { certs } = await google.getFederatedSignonCertsAsync();
    // The library's own message repeats the token.
    const ticket = await google.verifySignedJwtWithCertsAsync(token, certs).catch(() => undefined);
    if (ticket === undefined) return refused('its signature is not by a key of Google, or it has expired');
    return judgeClaims(ticket.getPayload() ?? {}, expected);
  };
}

type Claims = {
  readonly iss?: string;
  readonly aud?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
};

function judgeClaims(claims: Claims, { audience, serviceAccount }: Expected): PushTokenVerdict {
  const { iss, aud, email, email_verified } = claims;
  if (iss !== ISSUER) return refused(`its issuer is "${iss}", not "${ISSUER}"`);
  if (aud !== audience) {
    return refused(`its audience is "${aud}"; set the subscription's audience to "${audience}"`);
  }
  if (email !== serviceAccount || email_verified !== true) {
    return refused(`it is of "${email}"; let the subscription push as "${serviceAccount}"`);
  }
  return { kind: 'verified' };
}

function refused(reason: string): PushTokenVerdict {
  return { kind: 'refused', reason };
}

async function connect({ certificates }: Expected): Promise<OAuth2Client> {
  const google = await import('google-auth-library');
  if (certificates === undefined) return new google.OAuth2Client();
  return new google.OAuth2Client({ endpoints: { oauth2FederatedSignonPemCertsUrl: certificates } });
}
