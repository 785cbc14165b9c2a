import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { developerGit } from './developer-git.ts';

/**
 * A `post-receive` hook that tells of each push as GitHub would: its payload, its headers, its signature.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
 */
export async function deliverPushes([url = '', secretFile = '']: readonly string[]): Promise<void> {
  const secret = readFileSync(secretFile, 'utf8').trim();
  for (const line of (await text(process.stdin)).split('\n').filter(Boolean)) {
    const [before = '', after = '', ref = ''] = line.split(' ');
    const body = JSON.stringify(await payload({ before, after, ref }));
    process.stdout.write(`${await tell(url, body, secret)}\n`);
  }
}

/** What became of it, for whoever pushed. */
async function tell(url: string, body: string, secret: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/sample',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  try {
    const { status } = await fetch(url, { method: 'POST', headers, body });
    return `headway answered ${status}`;
  } catch {
    return 'headway does not answer: it is told at its next start';
  }
}

type Received = { readonly before: string; readonly after: string; readonly ref: string };

async function payload({ before, after, ref }: Received) {
  const created = /^0+$/.test(before);
  const deleted = /^0+$/.test(after);
  const cwd = process.cwd();
  const commits = deleted ? [] : await commitsOf(created ? [after] : [`${before}..${after}`], cwd);
  const forced =
    !created &&
    !deleted &&
    (await developerGit(['rev-list', '--count', `${after}..${before}`], { cwd })) !== '0';
  return {
    ref,
    before,
    after,
    created,
    deleted,
    forced,
    commits,
    head_commit: commits.at(-1) ?? null,
    repository: { name: 'shop', full_name: 'sample/shop', clone_url: cwd, html_url: cwd, ssh_url: cwd },
    pusher: { name: commits.at(-1)?.author.name ?? 'nobody' },
  };
}

async function commitsOf(range: readonly string[], cwd: string) {
  const format = ['%H', '%an', '%ae', '%cI', '%s'].join('%x1f');
  const lines = await developerGit(['log', '--reverse', `--format=${format}`, ...range], { cwd });
  return lines
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [id = '', name = '', email = '', timestamp = '', message = ''] = line.split('\x1f');
      return { id, message, timestamp, author: { name, email }, distinct: true };
    });
}

if (import.meta.main) await deliverPushes(process.argv.slice(2));
