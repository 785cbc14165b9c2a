/** Longer parts than this no file system takes. */
const LONGEST_PART = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const FORBIDDEN = /^\.|[\\\x00-\x1f\x7f]/;

/**
 * Whether the text is a path of a stored file, or of a folder of them: relative, parts joined by slashes, none of them
 * empty, hidden or leading upwards. What begins with a dot is kept free for the stores' own use.
 */
export function isArtifactPath(path: string): boolean {
  return path.split('/').every(isPart);
}

/** @throws {RangeError} when it is none. */
export function checkArtifactPath(path: string): void {
  if (isArtifactPath(path)) return;
  throw new RangeError(
    `Cannot keep a file at ${JSON.stringify(path)}: it is no path below the store; use names joined by slashes`,
  );
}

function isPart(part: string): boolean {
  return part !== '' && part.length <= LONGEST_PART && !FORBIDDEN.test(part) && part.isWellFormed();
}
