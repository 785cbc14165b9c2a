import test from 'ava';
import { needsBuildKit } from '../../shared/adapters/builders/docker/buildkit/needs-buildkit.ts';

const needs = test.macro((t, dockerfile: string, expected: string | undefined) => {
  const order = { image: { registry: 'r', repository: 'a' }, context: '/', dockerfile: 'Dockerfile' };
  t.is(needsBuildKit({ ...order, args: {}, labels: {}, epoch: 0 }, dockerfile), expected);
});
test(
  'BuildKit is not needed for plain steps',
  needs,
  'FROM a AS b\nRUN make\nCOPY --from=b --chown=1 x /\n',
  undefined,
);
test('BuildKit is not needed for a shell that shifts', needs, 'FROM a\nRUN echo $((1<<2))\n', undefined);
test(
  'BuildKit is needed for a mount',
  needs,
  'FROM a\n\nRUN --mount=type=cache,target=/c make\n',
  '--mount of RUN in line 3',
);
test('BuildKit is needed for --chmod', needs, 'FROM a\nCOPY --chmod=755 x /\n', '--chmod of COPY in line 2');
test('BuildKit is needed for --link', needs, 'FROM a\nADD --link x /\n', '--link of ADD in line 2');
test(
  'BuildKit is needed for a here-document',
  needs,
  'FROM a\nRUN <<EOF\nmake\nEOF\n',
  'the here-document of RUN in line 2',
);
test(
  'BuildKit is not needed for what a comment says',
  needs,
  '# syntax=docker/dockerfile:1\nFROM a\n# RUN --mount\n',
  undefined,
);
