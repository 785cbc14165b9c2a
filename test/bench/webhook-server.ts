import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../helpers/run-program.ts';
import { freeUrl, type Server, startServer } from './start-server.ts';

export type WebhookServer = Server & {
  readonly version: string;
  /** The ids of the deliveries that it has stored. */
  stored(): ReadonlySet<string>;
};

/**
 * Debian's `webhook` (https://github.com/adnanh/webhook), made to do its work before it answers: it checks the
 * signature, and its command stores the body in a file and syncs it to the disk. The default would be to answer first.
 *
 * @returns nothing where it is not installed.
 */
export async function startWebhook(folder: string, secret: string): Promise<WebhookServer | undefined> {
  const version = await runProgram('webhook', ['-version']);
  if (version === undefined) return undefined;
  const deliveries = join(folder, 'deliveries');
  const command = join(folder, 'store');
  mkdirSync(deliveries);
  // One process for each delivery: the shell becomes dd.
  writeFileSync(
    command,
    `#!/bin/sh\nexec dd if="$BODY" of="${deliveries}/$DELIVERY" conv=fsync status=none\n`,
  );
  chmodSync(command, 0o755);
  const signed = { source: 'header', name: 'X-Hub-Signature-256' };
  const hook = {
    id: 'github',
    'execute-command': command,
    'command-working-directory': folder,
    'include-command-output-in-response': true,
    'pass-file-to-command': [{ source: 'raw-request-body', envname: 'BODY' }],
    'pass-environment-to-command': [{ source: 'header', name: 'X-GitHub-Delivery', envname: 'DELIVERY' }],
    'trigger-rule': { match: { type: 'payload-hmac-sha256', secret, parameter: signed } },
    'trigger-rule-mismatch-http-response-code': 401,
  };
  const file = join(folder, 'hooks.json');
  writeFileSync(file, JSON.stringify([hook]));
  const url = await freeUrl();
  const server = await startServer({
    command: 'webhook',
    args: ['-ip', url.hostname, '-port', url.port, '-hooks', file],
    url: url.href,
    cwd: folder,
  });
  const [name = ''] = /\d[\d.]*/.exec(version) ?? [];
  return { ...server, version: name, stored: () => new Set(readdirSync(deliveries)) };
}
