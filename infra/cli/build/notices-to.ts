import { createAccessToken } from '../../../shared/adapters/google/access-token.ts';
import { createHookNotices } from '../../../shared/adapters/notices/hook-notices.ts';
import { createTopicNotices } from '../../../shared/adapters/notices/topic-notices.ts';
import { isSecretReference } from '../../../shared/domain/configuration/secret-reference.ts';
import type { NoticeSender } from '../../../shared/ports/notice-sender.ts';
import { createSecrets } from '../../../shared/runtime/secrets/create-secrets.ts';
import { readSecretFile } from '../../../shared/runtime/secrets/read-secret-file.ts';
import { CommandError, exitCodes, UsageError } from '../command.ts';

type With = {
  /** Where the hook's secret is. */
  readonly secret: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** A hook of headway by its URL, or a topic by its full name. @throws {UsageError} for what is neither. */
export async function noticesTo(place: string, { secret, environment }: With): Promise<NoticeSender> {
  const topic = /^(?:pubsub:\/\/)?(projects\/[^/]+\/topics\/[^/]+)$/.exec(place)?.[1];
  const emulator = environment['PUBSUB_EMULATOR_HOST'];
  if (topic !== undefined && emulator !== undefined) {
    return createTopicNotices({ topic, token: async () => 'owner', endpoint: `http://${emulator}` });
  }
  if (topic !== undefined) return createTopicNotices({ topic, token: createAccessToken() });
  const url = URL.parse(place);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--notices takes the URL of a hook or projects/PROJECT/topics/TOPIC, not "${place}"`,
    );
  }
  return createHookNotices({ url, secret: await secretAt(secret, environment) });
}

async function secretAt(reference: string, environment: With['environment']): Promise<string> {
  if (!isSecretReference(reference)) {
    throw new UsageError('--secret takes env://NAME or file://PATH, never the secret itself');
  }
  const secrets = createSecrets({ environment, baseDirectory: process.cwd(), readFile: readSecretFile });
  const found = await secrets.resolve(reference);
  if ('value' in found) return found.value;
  throw new CommandError(found.problem, exitCodes.failed);
}
