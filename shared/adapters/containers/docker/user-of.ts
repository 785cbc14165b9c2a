import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Container } from 'dockerode';
import { extract } from 'tar-stream';
import { unlessMissing } from '../../docker/failures.ts';

const ROOT = 0;
const PASSWD = '/etc/passwd';

/**
 * The number of the user that a container runs as: where its image has a name, the container's own list of users tells.
 * Root for a name that is not there; the engine will not start it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#properties
 */
export async function userOf(container: Container): Promise<number> {
  const { Config } = await container.inspect();
  const [user = ''] = Config.User.split(':');
  if (/^\d*$/.test(user)) return Number(user || ROOT);
  const archive = await unlessMissing(container.getArchive({ path: PASSWD }));
  if (archive === undefined) return ROOT;
  for await (const entry of Readable.from(archive).pipe(extract())) {
    const lines = (await text(entry)).split('\n').map(line => line.split(':'));
    const [, , number] = lines.find(([name]) => name === user) ?? [];
    if (number !== undefined) return Number(number);
  }
  return ROOT;
}
