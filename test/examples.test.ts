import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { configurationJsonSchema } from '../shared/domain/configuration/json-schema.ts';
import { formatMistakes } from '../shared/runtime/configuration/format-mistakes.ts';
import { readConfigurationFile } from '../shared/runtime/configuration/read-configuration-file.ts';

const EXAMPLES = 'infra/examples';

for (const name of readdirSync(EXAMPLES)) {
  const path = `${EXAMPLES}/${name}/headway.yaml`;

  test(`${path} reads without mistakes`, async t => {
    const reading = await readConfigurationFile(path);
    t.is('mistakes' in reading ? formatMistakes(reading.mistakes, reading.text) : '', '');
  });

  test(`${path} tells editors its schema`, t => {
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    t.is(first, '# yaml-language-server: $schema=../../config.schema.json');
  });

  test(`${EXAMPLES}/${name} has a README`, t => t.true(existsSync(`${EXAMPLES}/${name}/README.md`)));
}

test('infra/config.schema.json is current; npm exec -- node infra/config-schema.ts writes it', t => {
  t.deepEqual(JSON.parse(readFileSync('infra/config.schema.json', 'utf8')), configurationJsonSchema());
});
