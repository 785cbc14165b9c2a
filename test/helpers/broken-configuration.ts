import test from 'ava';
import type { Mistake } from '../../shared/runtime/configuration/placed-mistakes.ts';
import { readConfiguration } from '../../shared/runtime/configuration/read-configuration.ts';

/** A configuration with one entry a line in every section; the rows below break one line each. */
export const WHOLE = [
  'repos:',
  '  app: {url: "https://example.org/app.git"}',
  'registries:',
  '  ghcr.io: {username: bot, password: env://TOKEN}',
  'images:',
  '  base: {repository: ghcr.io/acme/base, repo: app}',
  '  web: {repository: ghcr.io/acme/web, repo: app, parent: base}',
  'tags:',
  '  prod: {images: [base, web]}',
  'targets:',
  '  local: {kind: docker}',
  'services:',
  '  web: {target: local, image: web, tag: prod, ports: ["8081:80"]}',
  'hooks:',
  '  github: {kind: github, secret: env://SECRET}',
  'builds:',
  '  concurrency: 2',
] as const;

/** One line of the whole configuration (from 1) replaced by another, and what is said of it: `column path: message`. */
export const broken = test.macro({
  exec(t, line: number, replacement: string, ...expected: string[]) {
    const text = WHOLE.map((whole, index) => (index === line - 1 ? replacement : whole)).join('\n');
    t.deepEqual(
      mistakesOf(text).map(show),
      expected.map(mistake => `${line}:${mistake}`),
    );
  },
  title: (name = '') => `readConfiguration() finds ${name}`,
});

/** A whole file, and what is said of it: `line:column path: message`. */
export const brokenFile = test.macro({
  exec(t, text: string, ...expected: string[]) {
    t.deepEqual(mistakesOf(text).map(show), expected);
  },
  title: (name = '') => `readConfiguration() finds ${name}`,
});

export function mistakesOf(text: string): readonly Mistake[] {
  const reading = readConfiguration(text, { path: 'headway.yaml' });
  return 'mistakes' in reading ? reading.mistakes : [];
}

/** `line:column path: message` */
export function show({ line, column, path, message }: Mistake): string {
  return `${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}
