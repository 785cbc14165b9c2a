import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

type Run = {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
};
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program in a session of its own: the Ctrl-C that is meant for headway does not cut it off half way. */
export async function runApart(
  program: string,
  args: readonly string[],
  { cwd, env = process.env, input = '' }: Run,
): Promise<Ran> {
  const child = spawn(program, args, { cwd, env: { ...env }, detached: true, stdio: 'pipe' });
  // It may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}
