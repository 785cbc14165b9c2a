import { ChangeIgnore, type ChangeRules, changeRules, STACK_RULES } from '../../domain/plans/change-rules.ts';

/** Where the rules of a stack are: beside the file that declares it. */
export function changeRulesPath(specPath: string): string {
  const folder = folderOf(specPath);
  return folder === '' ? 'change_ignore.json' : `${folder}/change_ignore.json`;
}

/**
 * Reads `change_ignore.json` of a stack; where there is none it is what the DataHub stacks have. Never throws.
 *
 * @param text nothing where there is no such file.
 */
export function readChangeRules(
  text: string | undefined,
  { specPath }: { readonly specPath: string },
): { readonly rules: ChangeRules } | { readonly problem: string } {
  if (text === undefined) return { rules: changeRules(STACK_RULES, folderOf(specPath)) };
  try {
    return { rules: changeRules(ChangeIgnore.parse(JSON.parse(text)), folderOf(specPath)) };
  } catch {
    const expected = '{"BuildAll": ["tests_common"], "ChangeIgnore": []}';
    return { problem: `expected JSON such as ${expected}` };
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
