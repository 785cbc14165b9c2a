import { readFileSync } from 'node:fs';
import test from 'ava';
import { labelsOf, terraformFiles, terraformText } from '../helpers/terraform-text.ts';

const readme = readFileSync('terraform/README.md', 'utf8');

test('the README describes every variable, in the order of variables.tf', t => {
  t.deepEqual(firstCells('Variables'), labelsOf(terraformText('variables.tf'), 'variable'));
});

test('the README describes every environment variable that a function is told', t => {
  const texts = ['functions.tf', 'modules/function/main.tf'].map(terraformText).join('\n');
  const told = [...texts.matchAll(/\b((?:HEADWAY|GOOGLE)_\w+) +=/g)].map(([, name = '']) => name);
  t.deepEqual(firstCells('What a function is told'), [...new Set(told)].sort());
});

test('the README names outputs that there are', t => {
  const outputs = labelsOf(terraformText('outputs.tf'), 'output');
  const named = [...readme.matchAll(/\boutput (?:-raw )?(\w+)/g)].map(([, name = '']) => name);
  t.deepEqual(
    named.filter(name => !outputs.includes(name)),
    [],
  );
});

test('variables and outputs are in the order of the alphabet', t => {
  const files = ['variables.tf', 'outputs.tf'].flatMap(name => terraformFiles(name));
  for (const file of files) {
    const labels = labelsOf(terraformText(file), '(?:variable|output)');
    t.deepEqual(labels, labels.toSorted(), file);
  }
});

test('environments set variables that there are', t => {
  const variables = labelsOf(terraformText('variables.tf'), 'variable');
  const unknown = terraformFiles('.tfvars').flatMap(file =>
    [...terraformText(file).matchAll(/^(\w+) +=/gm)]
      .filter(([, name = '']) => !variables.includes(name))
      .map(([, name]) => `${file}: ${name}`),
  );
  t.deepEqual(unknown, []);
});

function firstCells(heading: string): string[] {
  const [, section = ''] = readme.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
}
