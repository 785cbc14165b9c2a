import { DockerfileParser } from 'dockerfile-ast';

export type Flag = { readonly name: string; readonly value: string | undefined };

export type Instruction = {
  /** Upper case. */
  readonly keyword: string;
  readonly flags: readonly Flag[];
  /** What follows keyword and flags, on one line; quotes and variables are as they were written. */
  readonly text: string;
  /** Of the first line, from 1. */
  readonly line: number;
  /** The whole instruction on one line, for people. */
  readonly source: string;
};

export type Dockerfile = {
  readonly instructions: readonly Instruction[];
  /** The character that takes away the meaning of the next one: `\`, or what the `escape` directive says. */
  readonly escapeMark: string;
};

/** https://docs.docker.com/reference/dockerfile/#format */
export function readDockerfile(content: string): Dockerfile {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const file = DockerfileParser.parse(lines.join('\n'));
  const escapeMark = file.getEscapeCharacter();
  const instructions = file.getInstructions().map(found => {
    const { start, end } = found.getRange();
    const source = joinLines(lines.slice(start.line, end.line + 1), escapeMark);
    return { ...splitInstruction(source), line: start.line + 1, source };
  });
  return { instructions, escapeMark };
}

/** A trailing escape character joins lines; comments and empty lines in between are left out. */
function joinLines(lines: readonly string[], escapeMark: string): string {
  return lines
    .filter((line, index) => index === 0 || !/^\s*(?:#|$)/.test(line))
    .map(line => {
      const end = line.trimEnd();
      return end.endsWith(escapeMark) ? end.slice(0, -1) : line;
    })
    .join('')
    .trim();
}

function splitInstruction(source: string): Pick<Instruction, 'keyword' | 'flags' | 'text'> {
  const [keyword = ''] = source.split(/\s/, 1);
  let text = source.slice(keyword.length).trim();
  const flags: Flag[] = [];
  for (let flag = nextFlag(text); flag !== null; flag = nextFlag(text)) {
    flags.push({ name: flag[1] ?? '', value: flag[2] });
    text = text.slice(flag[0].length).trimStart();
  }
  return { keyword: keyword.toUpperCase(), flags, text };
}

function nextFlag(text: string): RegExpExecArray | null {
  return /^--([a-z][a-z-]*)(?:=(\S*))?(?=\s|$)/.exec(text);
}
