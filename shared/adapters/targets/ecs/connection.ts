import { ECSClient, type ECSClientConfig, ECSServiceException } from '@aws-sdk/client-ecs';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { ApiError } from '../../http/json-api.ts';
import { BLIPS, isConnectionCode, retryAfterOf, retrying } from '../../http/retries.ts';

export type EcsConnection = {
  readonly client: ECSClient;
  /**
   * Asks with a deadline, blips tried again.
   * @throws {ApiError} what may pass by itself
   * @throws {PermanentError} what somebody has to mend
   */
  ask<T>(doing: string, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
};

export type ConnectionOptions = {
  readonly region: string;
  readonly endpoint?: string | undefined;
  /** The usual sources of AWS when absent: environment, profile, container, instance. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Milliseconds for one answer. */
  readonly deadline: number;
};

const THROTTLED = /^(?:Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded)$/;
const DENIED = /^AccessDenied(?:Exception)?$|^NotAuthorized$/;
const UNKNOWN_CALLER =
  /^(?:UnrecognizedClientException|InvalidSignatureException|InvalidClientTokenId|ExpiredToken(?:Exception)?|MissingAuthenticationToken(?:Exception)?|IncompleteSignature(?:Exception)?)$/;

/** One ECS endpoint. The SDK's own retries are off: there is one layer that retries. */
export function connectEcs({ deadline, endpoint, region, credentials }: ConnectionOptions): EcsConnection {
  const configuration: ECSClientConfig = {
    region,
    maxAttempts: 1,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  };
  const client = new ECSClient(configuration);
  const place = endpoint ?? `ECS in ${region}`;
  return {
    client,
    ask: (doing, send) =>
      retrying(
        async () => {
          try {
            return await send({ abortSignal: AbortSignal.timeout(deadline) });
          } catch (error) {
            throw sorted(error, { doing, place });
          }
        },
        { judge: judgeBlip },
      ),
  };
}

/** The same, given up when the signal says so. */
export function givingUp({ client, ask }: EcsConnection, signal: AbortSignal): EcsConnection {
  return {
    client,
    async ask(doing, send) {
      try {
        return await ask(doing, ({ abortSignal }) =>
          send({ abortSignal: AbortSignal.any([abortSignal, signal]) }),
        );
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },
  };
}

function judgeBlip(error: unknown): false | { readonly after: number | undefined } {
  if (!(error instanceof ApiError)) return false;
  const isBlip = BLIPS.has(error.status ?? 0) || isConnectionCode(error.code ?? '');
  return isBlip ? { after: error.retryAfter } : false;
}

/** By what can be done about it: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
function sorted(
  error: unknown,
  { doing, place }: { readonly doing: string; readonly place: string },
): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new ApiError(`Cannot ${doing}: ${place} did not answer in time; see whether it is up`, {
      cause: error,
    });
  }
  if (error instanceof ECSServiceException && typeof error.$response?.statusCode === 'number') {
    return answered(error, { doing, place });
  }
  if (name === 'CredentialsProviderError') {
    const advice = 'give the target accessKeyId and secretAccessKey, or headway a role';
    return new PermanentError(`Cannot ${doing}: no AWS credentials were found; ${advice}`, { cause: error });
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined && (error instanceof SyntaxError || '$response' in error || '$metadata' in error)) {
    const advice = 'check the endpoint of the target';
    return new PermanentError(`Cannot ${doing}: ${place} did not answer as its API does; ${advice}`, {
      cause: error,
    });
  }
  if (code === undefined && name === 'TypeError') return error;
  return new ApiError(
    `Cannot ${doing}: ${oneLine(message) || code}; see whether ${place} is up and reachable`,
    {
      cause: error,
      code,
    },
  );
}

function answered(
  error: ECSServiceException,
  { doing, place }: { readonly doing: string; readonly place: string },
) {
  const { name, $response } = error;
  const status = $response?.statusCode ?? 0;
  const words = name === 'UnknownError' ? '' : ` (${name}: ${oneLine(error.message)})`;
  const answer = `Cannot ${doing}: ${place} answered ${status}${words}`;
  if (UNKNOWN_CALLER.test(name) || status === 401) {
    return new PermanentError(`${answer}; renew the access key that headway uses`, { cause: error });
  }
  if (DENIED.test(name) || status === 403) {
    const actions =
      'ecs:Describe*, ecs:List*, ecs:RegisterTaskDefinition, ecs:UpdateService and iam:PassRole';
    return new PermanentError(`${answer}; allow its user or role ${actions}`, { cause: error });
  }
  const isThrottled = THROTTLED.test(name) || status === 429;
  if (isThrottled || status >= 500) {
    const headers = $response?.headers ?? {};
    const retryAfter = retryAfterOf({ get: key => headers[key] ?? null });
    const when = retryAfter === undefined ? '' : ` after ${Math.ceil(retryAfter / 1_000)} s`;
    const message = `${answer}; it may work later${when}`;
    return new ApiError(message, { status: isThrottled ? 429 : status, retryAfter, cause: error });
  }
  return new PermanentError(`${answer}; check the cluster and the service`, { cause: error });
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\p{C}+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
