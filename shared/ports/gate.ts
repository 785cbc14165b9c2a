import type { CommitSha } from '../domain/names/commit-sha.ts';
import type { ImageReference } from '../domain/names/image-reference.ts';

/** One image at one commit that wants to pass. */
export type GateQuestion = {
  /** Its name in the configuration. */
  readonly image: string;
  /** Where it is, by digest. */
  readonly reference: ImageReference & { readonly digest: string };
  /** Where it is known. */
  readonly commit?: CommitSha | undefined;
  /** The tag that wants to move. */
  readonly tag: string;
};

/** `failed` also for a timeout. `blocked`: it could not be run, and what is missing; it is asked again. */
export type GateAnswer =
  | { readonly kind: 'passed' | 'failed' | 'blocked'; readonly reason: string }
  /** Not yet, and when to look again (RFC 3339). */
  | { readonly kind: 'waiting'; readonly reason: string; readonly until?: string };

/** A test that an image must pass before a tag moves to it. */
export interface Gate {
  /** @throws what may pass by itself. Each line of output is for its log, which is kept. */
  ask(question: GateQuestion, output: (line: string) => void, signal: AbortSignal): Promise<GateAnswer>;
}

/** The gate of that name in the configuration that runs something; nothing where there is none. */
export type Gates = (name: string) => Promise<Gate | undefined>;
