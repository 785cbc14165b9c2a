import { userInfo } from 'node:os';
import { CommandError, exitCodes } from './command.ts';

/** Who does it, for the record. @throws {CommandError} where the system does not know the user of this process. */
export function userOfMachine(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // As in some containers.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CommandError('Cannot tell who does this: name them with --by', exitCodes.failed);
  }
}
