import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Server, startServer } from './start-server.ts';

const PROGRAM = fileURLToPath(new URL('../../infra/cli/headway.js', import.meta.url));

export type HeadwayOptions = {
  readonly folder: string;
  readonly url: URL;
  /** What `headway.yaml` says. */
  readonly configuration: object;
  /** The variables that its `env://` references name. */
  readonly secrets?: Readonly<Record<string, string>>;
};

/** The one-machine host, as people run it, with its state in a folder. @returns it with the file of its documents. */
export async function startHeadway(options: HeadwayOptions): Promise<Server & { readonly database: string }> {
  const { folder, url, configuration, secrets } = options;
  const config = join(folder, 'headway.yaml');
  const state = join(folder, 'state');
  // JSON is YAML, too.
  writeFileSync(config, JSON.stringify(configuration, null, 2));
  const server = await startServer({
    command: process.execPath,
    args: [PROGRAM, 'up', '--config', config, '--state', state],
    url: url.href,
    cwd: folder,
    env: { ...secrets, HOST: url.hostname, PORT: url.port },
  });
  return { ...server, database: join(state, 'state.sqlite') };
}
