import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { GOOGLE_TOPICS } from '../../shared/domain/deliveries/from-message.ts';
import { Topic } from '../../shared/domain/documents/waiting.ts';
import { entriesOf, insideOf, stringsOf, terraformText } from '../helpers/terraform-text.ts';

const functions = entriesOf(insideOf(terraformText('functions.tf'), 'functions = {'));
const ours = [...Topic.options].sort();

test('functions.tf deploys every function that there is', t => {
  const deployed = functions.map(([name]) => name);
  t.deepEqual(
    readdirSync('functions', { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !deployed.includes(entry.name))
      .map(({ name }) => name),
    [],
  );
});

test('topics.tf declares the topics of the code', t => {
  t.deepEqual(stringsOf(terraformText('topics.tf'), 'topics'), ours);
});

test("variables.tf knows the topics of Google's services that the code understands", t => {
  const variable = insideOf(terraformText('variables.tf'), 'variable "google_topics"');
  t.deepEqual(stringsOf(variable, 'condition'), Object.keys(GOOGLE_TOPICS));
});

test('each topic has exactly one function that listens', t => {
  const listenedTo = functions.flatMap(([, about]) => stringsOf(about, 'topics'));
  t.deepEqual(listenedTo.sort(), ours);
});

test('functions publish to topics that there are', t => {
  const unknown = functions.flatMap(([name, about]) =>
    stringsOf(about, 'publishes')
      .filter(topic => !ours.some(known => known === topic))
      .map(topic => `${name}: ${topic}`),
  );
  t.deepEqual(unknown, []);
});

test('a function may publish to every topic that its code names', t => {
  const forbidden = functions.flatMap(([name, about]) => {
    const allowed = stringsOf(about, 'publishes');
    return topicsIn(join('functions', name))
      .filter(topic => !allowed.includes(topic))
      .map(topic => `${name}: ${topic}`);
  });
  t.deepEqual(forbidden, []);
});

function topicsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => readFileSync(join(folder, path), 'utf8'));
  const named = code.flatMap(text => [...text.matchAll(/\btopic: '(\w+)'/g)]);
  return [...new Set(named.map(([, topic = '']) => topic))];
}
