import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { ManagedSecrets } from '../../ports/managed-secrets.ts';
import { createHttp } from '../http/http.ts';
import { BLIPS, isConnectionCode, retryAfterOf, retrying } from '../http/retries.ts';
import { type AccessToken, createAccessToken } from './access-token.ts';
import { problemOf, SecretRefused } from './secret-problems.ts';

type Options = {
  /** The project that keeps the secrets. */
  readonly project: string;
  readonly clock: Clock;
  readonly token?: AccessToken;
  /** Where Secret Manager's API answers. */
  readonly url?: string;
};
type Secret = Parameters<ManagedSecrets['read']>[0];

const API = 'https://secretmanager.googleapis.com';
/** Each read is billed; a secret that was changed is used a minute later. */
const KEEP_FOR_MS = 60_000;
const DEADLINE_MS = 10_000;

const Answer = z.object({ payload: z.object({ data: z.base64() }) });

/**
 * Secrets of one project in Google's Secret Manager, read with its REST API and kept for a minute. While the service
 * does not answer, what was read before is used on; when it refuses, no longer.
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 */
export function createGoogleSecrets({
  project,
  clock,
  token = createAccessToken(),
  url = API,
}: Options): ManagedSecrets {
  const http = createHttp({ userAgent: 'headway' });
  const kept = new Map<string, { readonly text: string; readonly at: number }>();
  const underWay = new Map<string, ReturnType<ManagedSecrets['read']>>();

  return {
    read(secret) {
      const key = `${secret.name}/${secret.version}`;
      const known = kept.get(key);
      if (known !== undefined && clock.now() - known.at < KEEP_FOR_MS) return Promise.resolve(textOf(known));
      const reading = underWay.get(key) ?? read(secret, key).finally(() => underWay.delete(key));
      underWay.set(key, reading);
      return reading;
    },
  };

  async function read(secret: Secret, key: string): ReturnType<ManagedSecrets['read']> {
    try {
      const text = await retrying(() => access(secret), { judge: judgeBlip });
      kept.set(key, { text, at: clock.now() });
      return { text };
    } catch (error) {
      const { problem, temporary } = problemOf(error, { ...secret, project });
      const known = kept.get(key);
      if (temporary && known !== undefined) return textOf(known);
      kept.delete(key);
      return { problem };
    }
  }

  async function access({ name, version }: Secret): Promise<string> {
    const path = `v1/projects/${project}/secrets/${name}/versions/${version}:access`;
    const headers = { Authorization: `Bearer ${await token()}` };
    const response = await http({ method: 'GET', url: new URL(path, url), headers, deadline: DEADLINE_MS });
    const body = await response.text();
    if (response.status !== 200) {
      throw new SecretRefused({ status: response.status, body, retryAfter: retryAfterOf(response.headers) });
    }
    const { data } = Answer.parse(JSON.parse(body)).payload;
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
  }
}

function textOf({ text }: { readonly text: string }): { readonly text: string } {
  return { text };
}

function judgeBlip(error: unknown): false | { readonly after: number | undefined } {
  if (error instanceof SecretRefused) return BLIPS.has(error.status) && { after: error.retryAfter };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return isConnectionCode(code) && { after: undefined };
}
