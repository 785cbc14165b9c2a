import { milliseconds } from '../../domain/durations.ts';
import { judgeExit } from '../../domain/gates/judge-exit.ts';
import { fillIn, variablesOf } from '../../domain/gates/words.ts';
import { formatImageReference } from '../../domain/names/image-reference.ts';
import type { ContainerOrder, Containers } from '../../ports/containers.ts';
import type { Gate } from '../../ports/gate.ts';

export type ContainerGateOptions = {
  readonly containers: Containers;
  /** Instead of the one that wants to pass. */
  readonly image?: string | undefined;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: string;
  readonly limits?: ContainerOrder['limits'];
  readonly gpus?: boolean;
};

/** Runs a command in a container: of the very image that wants to pass, or of one that tests it. */
export function createContainerGate(options: ContainerGateOptions): Gate {
  const { containers, command, environment, timeout, limits, gpus = false } = options;
  return {
    async ask(question, output, signal) {
      const words = fillIn(command, question);
      const image = options.image ?? formatImageReference(question.reference);
      const variables = { ...environment, ...variablesOf(question) };
      const order = {
        image,
        command: words,
        environment: variables,
        limits,
        gpus,
        timeout: milliseconds(timeout),
      };
      const end = await containers.run(order, output, signal);
      switch (end.kind) {
        case 'exited':
          return judgeExit(words, end);
        case 'timed out':
          return { kind: 'failed', reason: `it took longer than ${timeout} and was ended` };
        case 'out of memory':
          return { kind: 'failed', reason: 'it was ended for want of memory' };
      }
    },
  };
}
