import type { Limits } from '../domain/configuration/images.ts';

/** A command to be run once in a container of an image. */
export type ContainerOrder = {
  /** A reference by digest, or a name that the engine knows already. */
  readonly image: string;
  /** One argument an item, instead of the image's own command and entrypoint. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Folders of this machine whose content is put into the container before it starts, by the absolute path there: a
   * copy with the modes of a commit, which belongs to the user that the container runs as.
   */
  readonly folders?: Readonly<Record<string, string>>;
  /** Files that are put there too, by their absolute path. They are on no disk of ours: secrets may be among them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where the command is run; the image's own folder when absent. */
  readonly workingDirectory?: string;
  readonly limits?: Limits | undefined;
  /** The network that it is in, by the engine's name for it (`none`, `host`, one that was made); the usual one when absent. */
  readonly network?: string | undefined;
  /** All graphics cards that there are, where the engine can pass them through. */
  readonly gpus?: boolean;
  /** In milliseconds. Whatever runs longer is killed. */
  readonly timeout: number;
  /**
   * Who takes what is at these absolute paths once the command has ended with 0: each a tar archive, whose entries
   * begin with the path's last name. Nothing is given where nothing is.
   */
  readonly take?: Readonly<Record<string, (archive: AsyncIterable<Uint8Array>) => Promise<void>>>;
};

/**
 * How it ended. A process that was killed for its time or its memory has failed, whatever its exit status. Where the
 * engine or the node told only of the kill, a want of memory is exit status 137.
 */
export type ContainerEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timed out' }
  | { readonly kind: 'out of memory' };

/** Runs commands in containers and leaves none behind. */
export interface Containers {
  readonly name: string;
  /**
   * Runs the order to its end, each line of its output (both streams, as they come, long lines cut) to `output`.
   * @throws {ContainerFailure} when it can never run: no such image, no such program, graphics cards that are not there.
   * Whatever else is thrown (no engine, no answer) may pass by itself.
   */
  run(order: ContainerOrder, output: (line: string) => void, signal: AbortSignal): Promise<ContainerEnd>;
}

/** The container cannot be started as it was ordered. */
export class ContainerFailure extends Error {
  override name = 'ContainerFailure';
}
