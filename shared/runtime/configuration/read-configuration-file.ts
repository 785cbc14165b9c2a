import { readFile } from 'node:fs/promises';
import { PermanentError } from '../../domain/permanent-error.ts';
import { type Reading, readConfiguration } from './read-configuration.ts';

/** Far more than anybody writes. */
const LARGEST = 1024 * 1024;

/**
 * Reads a configuration from a file.
 *
 * @returns what {@link readConfiguration} says of it, and the text, for excerpts.
 * @throws {PermanentError} with a sentence for people when there is no text to read.
 */
export async function readConfigurationFile(path: string): Promise<Reading & { readonly text: string }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new PermanentError(`Cannot read configuration "${path}": ${reason(error.code)}`, { cause: error });
  });
  if (bytes.length > LARGEST) {
    throw new PermanentError(`Cannot read configuration "${path}": it is larger than 1 MiB`);
  }
  const text = decode(bytes);
  if (text === undefined) {
    throw new PermanentError(`Cannot read configuration "${path}": it is not UTF-8 text; save it as UTF-8`);
  }
  return { ...readConfiguration(text, { path }), text };
}

function reason(code = 'unknown error'): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder; name the file in it';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it; change its owner or its permissions';
    default:
      return `the system says ${code}`;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
