import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { remarkText } from '../../../shared/domain/tree/remark-text.ts';
import { type Command, CommandError, exitCodes } from '../command.ts';
import { loadTree } from '../plan/load-tree.ts';
import { mermaid } from '../plan/mermaid.ts';
import { openRepository } from '../plan/repository.ts';
import { FOLDER, TREE, TREE_OPTIONS } from '../plan/tree-options.ts';
import { treeSvg } from '../plan/tree-svg.ts';

export const graph: Command = {
  name: 'graph',
  words: '[--svg] [--commit C]',
  summary: 'which image of this Git repository stands on which, as Mermaid text or as a picture',
  options: [
    ['--svg', 'an SVG picture instead of Mermaid text'],
    ['--commit C', 'the commit to look at; HEAD by default'],
    ...TREE_OPTIONS,
    FOLDER,
  ],
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: { ...TREE, svg: { type: 'boolean' } } });
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
