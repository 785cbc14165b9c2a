import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What the program wrote; throws with its complaint when it fails, and `undefined` where it is not installed. */
export async function runProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await execute(program, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
