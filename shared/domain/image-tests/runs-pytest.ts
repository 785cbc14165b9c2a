const PYTEST = /(?:^|\/)py\.?test$/;
const SHELL = /(?:^|\/)(?:ba|da|z|k)?sh$/;

/**
 * Whether a command's exit status is pytest's own: it calls `pytest` or `python -m pytest`, itself, through another
 * program (`coverage run -m pytest`, `env A=b pytest`), or at the end of a shell's script.
 */
export function runsPytest(command: readonly string[]): boolean {
  const words = wordsOf(command);
  const at = words.findIndex(word => PYTEST.test(word));
  return at >= 0 && !words.slice(0, at).includes('install');
}

/** Of a script those of its last command, whose status is the script's. */
function wordsOf(command: readonly string[]): readonly string[] {
  const [program = '', ...rest] = command;
  const script = rest[rest.findIndex(word => /^-\w*c$/.test(word)) + 1];
  if (!SHELL.test(program) || script === undefined || !rest.some(word => /^-\w*c$/.test(word)))
    return command;
  const last =
    script
      .trim()
      .split(/&&|\|\||[;\n|]/)
      .at(-1) ?? '';
  return last.split(/[\s'"]+/);
}
