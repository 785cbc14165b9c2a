import { parseArgs } from 'node:util';
import { TagComparison } from '../../../functions/api/answers.ts';
import { apiFor, show } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { subjectOf, TELLING, TELLING_OPTIONS, tell } from '../tell.ts';
import { comparisonText } from '../text/comparison-text.ts';

const OPTIONS = { ...TELLING, yes: { type: 'boolean' }, 'past-hold': { type: 'boolean' } } as const;

export const accept: Command = {
  name: 'accept',
  words: 'IMAGE:TAG COMMIT [--yes]',
  summary:
    'shows what a commit that waits for a person has that the tag has not, and the other way round; with --yes the tag moves there',
  options: [
    ['--yes', 'moves the tag; without it nothing is changed'],
    ['--past-hold', 'goes past what a person holds; it is on record who said so'],
    ...TELLING_OPTIONS,
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [name, commit, ...more] = positionals;
    const subject = subjectOf('accept', name === undefined ? [] : [name, ...more]);
    if (subject.kind !== 'tag' || commit === undefined) {
      throw new UsageError('accept takes one tag as IMAGE:TAG, such as web:prod, and one full commit');
    }
    if (values.yes === true) {
      const says = () => `${subject.name} goes to ${commit}`;
      return tell(subject, 'accept', {
        values,
        wish: { commit, ...(values['past-hold'] && { pastHold: true }) },
        says,
      });
    }
    const path = `${subject.path}/candidates/${encodeURIComponent(commit)}`;
    const seen = await apiFor(values).get(path, TagComparison);
    return show(values, seen, looks => comparisonText(seen, looks));
  },
};
