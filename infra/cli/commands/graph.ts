import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { remarkText } from '../../../shared/domain/tree/remark-text.ts';
import { type Command, CommandError, exitCodes } from '../command.ts';
import { loadTree } from '../plan/load-tree.ts';
import { mermaid } from '../plan/mermaid.ts';
import { openRepository } from '../plan/repository.ts';
import { treeSvg } from '../plan/tree-svg.ts';

export const graph: Command = {
  name: 'graph',
  words: '[--svg] [--commit C]',
  summary: 'which image of this Git repository stands on which, as Mermaid text or as a picture',
  options: [
    ['--svg', 'an SVG picture instead of Mermaid text'],
    ['--commit C', 'the commit to look at; HEAD by default'],
    ['--file PATH', 'what declares the images: images/spec.yml, spec.yml or headway.yaml by default'],
    ['--repo NAME', 'which repo of a headway.yaml that has several'],
    ['--folder PATH', 'a folder of the repository; this one by default'],
  ],
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: {
        svg: { type: 'boolean' },
        commit: { type: 'string' },
        file: { type: 'string' },
        repo: { type: 'string' },
        folder: { type: 'string' },
      },
    });
    const repository = await openRepository(resolve(values.folder ?? '.'));
    const name = values.commit ?? 'HEAD';
    const commit = await repository.commit(name);
    if (commit === undefined) {
      throw new CommandError(
        `Cannot find commit "${name}" in this repository: name another`,
        exitCodes.failed,
      );
    }
    const { images, remarks } = await loadTree(repository, { commit, file: values.file, repo: values.repo });
    process.stdout.write(`${values.svg ? treeSvg(images) : mermaid(images)}\n`);
    for (const remark of remarks) process.stderr.write(`note: ${remarkText(remark)}\n`);
    return exitCodes.done;
  },
};
