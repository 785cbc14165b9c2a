/** A token for Google's APIs, good for some minutes at least. */
export type AccessToken = () => Promise<string>;

/** This machine has no identity at Google, so that one may go on as nobody in particular. */
export class NoGoogleCredentials extends Error {
  override name = 'NoGoogleCredentials';
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LOG_IN = 'run "gcloud auth application-default login", or set GOOGLE_APPLICATION_CREDENTIALS';

/**
 * Tokens of the service account that a function runs as (from the metadata server), else of Application Default
 * Credentials: https://cloud.google.com/docs/authentication/application-default-credentials. They are kept and renewed
 * before they expire. Google's library is loaded at the first call, so that whoever never asks does not pay for it.
 *
 * The function it gives throws {@link NoGoogleCredentials}, or an error that says why there is no token.
 */
export function createAccessToken(): AccessToken {
  let auth: Promise<import('google-auth-library').GoogleAuth> | undefined;
  return async () => {
    auth ??= import('google-auth-library').then(({ GoogleAuth }) => new GoogleAuth({ scopes: SCOPE }));
    const token = await tokenFrom(await auth);
    if (typeof token === 'string' && token !== '') return token;
    throw new Error(`Cannot get a Google access token: the answer holds none; ${LOG_IN}`);
  };
}

async function tokenFrom(auth: import('google-auth-library').GoogleAuth): Promise<string | null | undefined> {
  try {
    return await auth.getAccessToken();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.startsWith('Could not load the default credentials')) {
      throw new NoGoogleCredentials(`Cannot find Google credentials here: ${LOG_IN}`, { cause: error });
    }
    const state = reason.split('\n', 1)[0]?.slice(0, 200);
    throw new Error(`Cannot get a Google access token: ${state}; see to the service account, or ${LOG_IN}`, {
      cause: error,
    });
  }
}
