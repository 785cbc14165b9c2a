import { parseArgs } from 'node:util';
import { TagComparison } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { subjectOf, TELLING, TELLING_OPTIONS, tell } from '../tell.ts';
import { comparisonText } from '../text/comparison-text.ts';
import { painter } from '../text/style.ts';
import { widthOf } from '../text/wrap-words.ts';

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
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const seen = await api.get(`${subject.path}/candidates/${encodeURIComponent(commit)}`, TagComparison);
    const its = { paint: painter(process.stdout), width: widthOf(process.stdout) };
    process.stdout.write(`${values.json ? JSON.stringify(seen, null, 2) : comparisonText(seen, its)}\n`);
    return exitCodes.done;
  },
};
