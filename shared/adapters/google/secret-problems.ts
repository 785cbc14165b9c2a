import { z } from 'zod';

/** Secret Manager answered, but not with a secret. */
export class SecretRefused extends Error {
  override name = 'SecretRefused';
  readonly status: number;
  /** What it said, to be looked into, and never to be shown. */
  readonly body: string;
  readonly retryAfter: number | undefined;

  constructor({ status, body, retryAfter }: Pick<SecretRefused, 'status' | 'body' | 'retryAfter'>) {
    super(`Secret Manager answered ${status}`);
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

export type SecretProblem = {
  /** The end of a sentence that says what to do. */
  readonly problem: string;
  /** Whether it may be otherwise later without anybody changing anything. */
  readonly temporary: boolean;
};
type Place = { readonly project: string; readonly name: string; readonly version: string };

/** https://cloud.google.com/apis/design/errors#error_model */
const Failure = z.object({
  error: z.object({
    details: z.array(z.object({ reason: z.string().optional().catch(undefined) })).optional(),
  }),
});

/** Why a secret could not be read. */
export function problemOf(error: unknown, place: Place): SecretProblem {
  if (error instanceof SecretRefused) return refusalOf(error, place);
  if (error instanceof TypeError)
    return { problem: 'it is not UTF-8 text; put text there', temporary: false };
  const reason = error instanceof Error && !(error instanceof z.ZodError) ? error.message : 'odd answer';
  return { problem: `Secret Manager could not be asked: ${reason}`, temporary: true };
}

function refusalOf({ status, body }: SecretRefused, { project, name, version }: Place): SecretProblem {
  const add = `"gcloud secrets versions add ${name} --project=${project} --data-file=-"`;
  const permanent = (problem: string) => ({ problem, temporary: false });
  switch (status) {
    case 400:
      return permanent(`version "${version}" is disabled or destroyed; add another with ${add}`);
    case 401:
      return permanent('Secret Manager does not know these credentials; see to the service account');
    case 403:
      return permanent(
        reasonIn(body) === 'SERVICE_DISABLED'
          ? `Secret Manager is not enabled; run "gcloud services enable secretmanager.googleapis.com --project=${project}"`
          : `this identity may not read it; grant it roles/secretmanager.secretAccessor with "gcloud secrets add-iam-policy-binding ${name} --project=${project}", if project "${project}" has such a secret`,
      );
    case 404:
      return permanent(`project "${project}" has no version "${version}" of it; add one with ${add}`);
    default:
      return { problem: `Secret Manager answered ${status}; try again later`, temporary: true };
  }
}

function reasonIn(body: string): string | undefined {
  try {
    const { details = [] } = Failure.parse(JSON.parse(body)).error;
    return details.find(({ reason }) => reason !== undefined)?.reason;
  } catch {
    return undefined;
  }
}
