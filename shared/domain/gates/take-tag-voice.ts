import { instant, isClaimed } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import type { GateResult } from '../documents/gate.ts';
import type { Tag } from '../documents/tag.ts';
import { isUnanswered } from './gate-questions.ts';
import { settingsText } from './gate-results.ts';
import { hearVoice, type Spoken } from './hear-voice.ts';
import { takesVoices } from './questions-of-tag.ts';

export type TagVoice =
  | { readonly kind: 'heard'; readonly questions: readonly GateResult[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** What is on record of a commit's images, of one gate and tag, and the tags of those images. */
type Asked = {
  readonly found: readonly GateResult[];
  readonly tags: readonly (Tag | undefined)[];
  readonly settings: GateConfiguration;
};

/**
 * Takes a person's yes or no to a commit that a tag would move to by itself: for every image of it that is asked about,
 * or for none. Whoever looks at the questions next counts what was said.
 */
export function takeTagVoice({ found, tags, settings }: Asked, spoken: Spoken, now: number): TagVoice {
  const isAsked = (each: GateResult) => each.settings === settingsText(settings) && takesVoices(each, tags);
  const questions: GateResult[] = [];
  for (const question of found.filter(isAsked)) {
    const { approval, voices } = question;
    if (approval === undefined) continue;
    const said = hearVoice({ approval, voices }, spoken, now);
    if (said.kind === 'refused') return said;
    const heard = { ...question, voices: [...said.voices], reason: said.reason };
    questions.push(isClaimed(question, now) ? heard : { ...heard, due: instant(now) });
  }
  return questions.length > 0 ? { kind: 'heard', questions } : { kind: 'refused', reason: unasked(found) };
}

function unasked(found: readonly GateResult[]): string {
  const answered = found.find(each => !isUnanswered(each));
  return answered === undefined
    ? 'nobody is asked about that commit now; headway status says what is asked'
    : `it has ${answered.state} already: ${answered.reason}`;
}
