import { ContainerFailure, type ContainerOrder } from '../../../ports/containers.ts';
import { refusalOf } from '../../docker/failures.ts';
import { isPassing } from '../../docker/messages.ts';

/** @throws {ContainerFailure} where the engine says that this can never be started. */
export async function starting<T>({ image, command }: ContainerOrder, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined || isPassing(refusal.message)) throw error;
    if (refusal.status >= 500 && !NEVER.test(refusal.message)) throw error;
    const what = `Cannot run ${JSON.stringify(command[0] ?? '')} in a container of "${image}"`;
    throw new ContainerFailure(`${what}: ${reasonIn(refusal.message)}`, { cause: error });
  }
}

/** Engines report what is wrong with the command or missing on the machine as an error of their own. */
const NEVER =
  /executable file not found|no such file or directory|permission denied|exec format error|is a directory|device driver|nvidia/i;

function reasonIn(message: string): string {
  if (/could not select device driver/.test(message)) {
    return 'the engine cannot pass graphics cards through; install the NVIDIA container toolkit there, or run it elsewhere';
  }
  return message.replace(/^OCI runtime create failed: .*?starting container process caused: /, '');
}
