import test from 'ava';
import { applyText } from '../../infra/cli/apply/apply-text.ts';
import { textOfVersion } from '../../infra/cli/apply/wanted-text.ts';
import { applyConfiguration, configurationHistory } from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createStoredConfiguration } from '../../shared/runtime/configuration/read-stored-configuration.ts';
import { firestorePlace } from '../helpers/firestore-place.ts';
import { need } from '../helpers/need.ts';

const shop = (branch: string) =>
  `repos: { shop: { url: https://git.example/shop.git, branch: ${branch} } }\n`;

if (need('FIRESTORE_EMULATOR_HOST') === undefined) {
  test('configurations in Firestore', t => {
    t.log('skipped: FIRESTORE_EMULATOR_HOST is not set');
    t.pass();
  });
} else {
  test('a configuration is applied, read by functions, brought back and told of in Firestore', async t => {
    const { open } = firestorePlace(t, queries);
    const records = createRecords(open());
    let now = Date.now();
    const its = { by: 'ada', dryRun: false, json: true, place: 'project acme', now, records };
    const wanted = (text: string) => ({ name: 'headway.yaml', text, mistakes: [], restores: undefined });
    await applyText(its, wanted(shop('main')));
    const read = createStoredConfiguration({ records: createRecords(open()), clock: { now: () => now } });
    t.is((await read()).configuration.repos['shop']?.branch, 'main');
    await applyText(its, wanted(shop('trunk')));
    now += 30_000;
    t.is((await read()).configuration.repos['shop']?.branch, 'trunk');
    await applyText(its, { ...(await textOfVersion(records, 1)), restores: 1 });
    t.deepEqual(
      (await configurationHistory(records)).map(({ version, restores }) => [version, restores]),
      [
        [3, 1],
        [2, undefined],
        [1, undefined],
      ],
    );
  });

  test('of ten who apply at once to Firestore one wins, and the others are told', async t => {
    const { open } = firestorePlace(t, queries);
    const verdicts = await Promise.all(
      Array.from({ length: 10 }, (_, i) => {
        const proposal = { text: shop(`b${i}`), by: `w${i}`, at: '2026-03-02T12:00:00.000Z', over: 0 };
        return applyConfiguration(createRecords(open()), proposal);
      }),
    );
    t.is(verdicts.filter(({ kind }) => kind === 'applied').length, 1);
    t.is(verdicts.filter(({ kind }) => kind === 'overtaken').length, 9);
  });
}
