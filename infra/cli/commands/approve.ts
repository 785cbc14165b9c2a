import { parseArgs } from 'node:util';
import { Promoted, Voiced } from '../../../functions/api/answers.ts';
import { apiFor, askingOptions, show } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { TELLING_WHY, WHY } from '../tell.ts';
import { gateText } from '../text/gate-text.ts';
import { promotionText } from '../text/promotion-text.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = { ...TELLING_WHY, refuse: { type: 'boolean' } } as const;

export const approve: Command = {
  name: 'approve',
  words: 'PROMOTION|IMAGE:TAG@COMMIT GATE [--refuse] [--json]',
  summary:
    'says yes, or no, at a gate that asks people: to a promotion, which one no ends, or to a commit that a tag would move to by itself',
  options: [
    ['--refuse', 'says no instead'],
    WHY,
    ['--by WHO', 'whose voice it is; the user of this machine by default'],
    ...askingOptions('the promotion, or the results of the gate, as JSON'),
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [word = '', gate = '', ...more] = positionals;
    const about = aboutOf(word);
    if (about === undefined || gate === '' || more.length > 0) {
      throw new UsageError(
        'approve takes the number of one promotion, or a tag with its commit, and the name of one gate, such as 7 staff or web:prod@1a2b3c4 staff',
      );
    }
    const { refuse = false, why, by = userOfMachine() } = values;
    const api = apiFor(values);
    const path = `${about.path}/gates/${encodeURIComponent(gate)}/${refuse ? 'refuse' : 'approve'}`;
    const wish = { by, ...about.of, ...(why !== undefined && { why }) };
    if (about.of === undefined) {
      const { promotion } = await api.post(path, Promoted, wish);
      return show(values, promotion, looks => promotionText(promotion, looks));
    }
    const { results } = await api.post(path, Voiced, wish);
    return show(values, results, looks => results.map(each => gateText(each, looks)).join('\n'));
  },
};

type About = { readonly path: string; readonly of?: { readonly commit: string } };

/** The number of a promotion, or `IMAGE:TAG@COMMIT`. */
function aboutOf(word: string): About | undefined {
  if (/^[1-9]\d{0,7}$/.test(word)) return { path: `promotions/${word}` };
  const [, image, tag, commit] = /^([^@:/]+):([^@:/]+)@([^@:/]+)$/.exec(word) ?? [];
  if (image === undefined || tag === undefined || commit === undefined) return undefined;
  return { path: `tags/${encodeURIComponent(image)}/${encodeURIComponent(tag)}`, of: { commit } };
}
