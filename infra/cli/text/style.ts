import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong';
export type Paint = (tone: Tone, text: string) => string;
/** How a text is shown: its colours, and how many characters fit into a line. */
export type Looks = { readonly paint: Paint; readonly width: number };

const FORMATS = { good: 'green', bad: 'red', warn: 'yellow', quiet: 'dim', strong: 'bold' } as const;

/** Colours where the stream is a terminal that wants them (NO_COLOR, FORCE_COLOR), plain text elsewhere. */
export function painter(stream: NodeJS.WriteStream): Paint {
  return (tone, text) => styleText(FORMATS[tone], text, { stream });
}
