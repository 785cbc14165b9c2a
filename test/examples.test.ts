import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { configurationJsonSchema } from '../shared/domain/configuration/json-schema.ts';
import { formatMistakes } from '../shared/runtime/configuration/format-mistakes.ts';
import { readConfiguration } from '../shared/runtime/configuration/read-configuration.ts';
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

for (const [line, text] of configurationsIn('README.md')) {
  test(`README.md:${line} reads without mistakes`, t => {
    const reading = readConfiguration(text, { path: 'README.md' });
    t.is('mistakes' in reading ? formatMistakes(reading.mistakes, text) : '', '');
  });
}

test('infra/config.schema.json is current; npm exec -- node infra/config-schema.ts writes it', t => {
  t.deepEqual(JSON.parse(readFileSync('infra/config.schema.json', 'utf8')), configurationJsonSchema());
});

/** The YAML of a Markdown file, each a configuration of its own, with the line that it begins at. */
function configurationsIn(path: string): [line: number, text: string][] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(({ index, 1: yaml = '' }) => [
    text.slice(0, index).split('\n').length + 1,
    yaml,
  ]);
}
