import test from 'ava';
import { readDockerfileBases } from '../../shared/adapters/builders/dockerfile-bases.ts';

test('readDockerfileBases() finds every stage with its line, and the arguments before the first', t => {
  const text = `# syntax=docker/dockerfile:1
ARG BASE_TAG=latest HOST="ghcr.io"
ARG EMPTY
FROM --platform=linux/amd64 \${HOST}/acme/base:\${BASE_TAG} \\
  AS build
ARG LATER=1
RUN <<END
FROM not-a-stage
END
from scratch
`;
  t.deepEqual(readDockerfileBases(text), {
    args: [
      { name: 'BASE_TAG', value: 'latest' },
      { name: 'HOST', value: 'ghcr.io' },
      { name: 'EMPTY', value: undefined },
    ],
    froms: [
      { text: `\${HOST}/acme/base:\${BASE_TAG}`, stage: 'build', line: 4 },
      { text: 'scratch', stage: undefined, line: 10 },
    ],
  });
});

test('readDockerfileBases() takes any text', t => {
  for (const text of ['', 'FROM', 'ARG', 'nonsense\n\0', 'ARG A=1']) {
    t.notThrows(() => readDockerfileBases(text), text);
  }
});
