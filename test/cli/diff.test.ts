import test from 'ava';
import { packagesText } from '../../infra/cli/text/packages-text.ts';
import { comparePackages } from '../../shared/domain/packages/compare-packages.ts';
import type { Package } from '../../shared/domain/packages/package.ts';

const [FIRST, SECOND] = ['1234567890'.repeat(4), 'abcdef0123'.repeat(4)];
const pip = (name: string, version: string): Package => ({ manager: 'pip', name, version });
const LISTS = {
  [FIRST]: [pip('gone', '1'), pip('numpy', '1.25'), pip('same', '1')],
  [SECOND]: [pip('fresh', '2'), pip('numpy', '1.26'), pip('same', '1')],
};
const SHOWN = [
  'lab: 1234567 to abcdef0, 3 changes',
  '  +  pip  fresh  -     2',
  '  -  pip  gone   1     -',
  '  ~  pip  numpy  1.25  1.26',
].join('\n');

test('a comparison lines up', t => {
  const changes = comparePackages(LISTS[FIRST] ?? [], LISTS[SECOND] ?? []);
  const [before, after] = [FIRST, SECOND].map(commit => ({ image: 'lab', commit }));
  if (before === undefined || after === undefined) return t.fail();
  const how = { paint: (_: string, text: string) => text, width: 80 };
  t.is(packagesText({ before, after, changes }, how), SHOWN);
  t.is(packagesText({ before, after, changes: [] }, how), 'lab: 1234567 to abcdef0, 0 changes');
});
