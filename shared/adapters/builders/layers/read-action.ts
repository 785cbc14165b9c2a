import type { Instruction } from './dockerfile.ts';
import { StepRefused } from './refusals.ts';
import type { Action, Command, Copy, Probe } from './steps.ts';
import { blankWords, jsonWords, namedValues, quotedWords } from './words.ts';

type Reader = (instruction: Instruction, escapeMark: string) => Action;

/**
 * What an instruction other than FROM asks for.
 * https://docs.docker.com/reference/dockerfile/
 *
 * @throws {StepRefused} when it is unknown, badly written, or needs what only a running container can do.
 */
export function readAction(instruction: Instruction, escapeMark: string): Action {
  const { keyword } = instruction;
  const reader = READERS[keyword];
  if (reader === undefined) throw new StepRefused(`${JSON.stringify(keyword)} is not an instruction`);
  const allowed = FLAGS[keyword] ?? [];
  for (const { name, value } of instruction.flags) {
    if (!allowed.includes(name)) {
      throw new StepRefused(`${keyword} --${name} is not supported; set builder: docker for this image`);
    }
    if (!value && name !== 'link') throw new StepRefused(`${keyword} --${name} needs a value`);
  }
  if (instruction.text === '') throw new StepRefused(`${keyword} needs at least one argument`);
  return reader(instruction, escapeMark);
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  // Whether a layer stands by itself (--link) makes no difference to the files in it.
  COPY: ['from', 'chown', 'chmod', 'link'],
  ADD: ['chown', 'chmod', 'link'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  // Any flag will do: the reader refuses the instruction as a whole.
  RUN: ['mount', 'network', 'security'],
};

const READERS: Readonly<Record<string, Reader>> = {
  ADD: instruction => ({ kind: 'copy', copy: readCopy(instruction, 'ADD') }),
  ARG: ({ text }, escapeMark) => ({ kind: 'arg', names: quotedWords(text, escapeMark).map(readArgument) }),
  CMD: ({ text }) => ({ kind: 'cmd', command: readCommand(text) }),
  COPY: instruction => ({ kind: 'copy', copy: readCopy(instruction, 'COPY') }),
  ENTRYPOINT: ({ text }) => ({ kind: 'entrypoint', command: readCommand(text) }),
  ENV: ({ text }, escapeMark) => ({ kind: 'env', values: namedValues(text, escapeMark) }),
  EXPOSE: ({ text }) => ({ kind: 'expose', values: blankWords(text) }),
  HEALTHCHECK: instruction => ({ kind: 'healthcheck', probe: readProbe(instruction) }),
  LABEL: ({ text }, escapeMark) => ({ kind: 'label', values: namedValues(text, escapeMark) }),
  MAINTAINER: ({ text }) => ({ kind: 'maintainer', value: text }),
  ONBUILD: () => {
    throw new StepRefused(
      'ONBUILD is not supported; write its instructions into the images that stand on this one',
    );
  },
  RUN: () => {
    throw new StepRefused('RUN needs a builder that runs containers; set builder: docker for this image');
  },
  SHELL: ({ text }) => {
    const words = jsonWords(text);
    if (words === undefined || words.length === 0)
      throw new StepRefused('SHELL needs the form ["program", "argument"]');
    return { kind: 'shell', words };
  },
  STOPSIGNAL: ({ text }) => ({ kind: 'stopsignal', value: text }),
  USER: ({ text }) => ({ kind: 'user', value: text }),
  VOLUME: ({ text }) => ({ kind: 'volume', values: jsonWords(text) ?? blankWords(text) }),
  WORKDIR: ({ text }) => ({ kind: 'workdir', value: text }),
};

function readArgument(word: string): { name: string; value?: string } {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new StepRefused(`ARG needs a name, found ${JSON.stringify(word)}`);
  return equals === -1 ? { name } : { name, value: word.slice(equals + 1) };
}

function readCommand(text: string): Command {
  const exec = jsonWords(text);
  return exec === undefined ? { shell: text } : { exec };
}

function readCopy({ text, flags }: Instruction, keyword: Copy['keyword']): Copy {
  const words = jsonWords(text) ?? blankWords(text);
  if (words.some(word => word.startsWith('<<'))) {
    throw new StepRefused(`${keyword} of a here-document is not supported; put the text into a file`);
  }
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    throw new StepRefused(`${keyword} needs at least two arguments: a source and a destination`);
  }
  const given = Object.fromEntries(
    flags.filter(flag => flag.name !== 'link').map(flag => [flag.name, flag.value]),
  );
  return { keyword, ...given, sources: words.slice(0, -1), destination };
}

function readProbe({ text, flags }: Instruction): Probe {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  if (word.toUpperCase() === 'NONE' && rest === '') return { command: 'none', durations: {} };
  if (word.toUpperCase() !== 'CMD' || rest === '') {
    throw new StepRefused('HEALTHCHECK needs CMD and a command, or NONE');
  }
  const { retries, ...durations } = Object.fromEntries(flags.map(({ name, value }) => [name, value ?? '']));
  if (retries !== undefined && !/^\d{1,9}$/.test(retries)) {
    throw new StepRefused(`HEALTHCHECK --retries needs a whole number, found ${JSON.stringify(retries)}`);
  }
  return {
    command: readCommand(rest),
    durations,
    ...(retries !== undefined && { retries: Number(retries) }),
  };
}
