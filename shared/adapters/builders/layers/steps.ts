import type { NamedValue } from './words.ts';

/** A program with its arguments, or one line for the image's shell. */
export type Command = { readonly exec: readonly string[] } | { readonly shell: string };

export type Copy = {
  readonly keyword: 'COPY' | 'ADD';
  /** A stage's name or number, or an image; the build context when absent. */
  readonly from?: string;
  readonly chown?: string;
  readonly chmod?: string;
  readonly sources: readonly string[];
  readonly destination: string;
};

export type Probe = {
  readonly command: Command | 'none';
  /** Go durations, as written: `interval`, `timeout`, `start-period`, `start-interval`. */
  readonly durations: Readonly<Record<string, string>>;
  readonly retries?: number;
};

/** What one instruction asks for. Variables are not replaced yet. */
export type Action =
  | { readonly kind: 'arg'; readonly names: readonly { readonly name: string; readonly value?: string }[] }
  | { readonly kind: 'env' | 'label'; readonly values: readonly NamedValue[] }
  | { readonly kind: 'copy'; readonly copy: Copy }
  | { readonly kind: 'workdir'; readonly value: string }
  | { readonly kind: 'user' | 'stopsignal' | 'maintainer'; readonly value: string }
  | { readonly kind: 'expose' | 'volume'; readonly values: readonly string[] }
  | { readonly kind: 'cmd' | 'entrypoint'; readonly command: Command }
  | { readonly kind: 'shell'; readonly words: readonly string[] }
  | { readonly kind: 'healthcheck'; readonly probe: Probe };

export type Step = {
  readonly action: Action;
  readonly line: number;
  /** The instruction on one line, for people. */
  readonly source: string;
};

export type ArgAction = Extract<Action, { kind: 'arg' }>;
/** Changes the image's configuration and no file. */
export type Setting = Exclude<Action, { kind: 'arg' | 'copy' | 'workdir' }>;
