import { formatImageReference, type ImageReference } from '../names/image-reference.ts';

/** What a test is told of the image that it is about. */
export type Subject = {
  readonly image: string;
  readonly reference: ImageReference & { readonly digest: string };
  readonly commit?: string | undefined;
  readonly tag: string;
};

/** The words of a command with what their placeholders stand for; `report` where a report is to be left. */
export function fillIn(words: readonly string[], subject: Subject, report = ''): string[] {
  const { commit = '', tag, reference } = subject;
  const values = { image: formatImageReference(reference), digest: reference.digest, commit, tag, report };
  return words.map(word =>
    word.replaceAll(/\{(image|digest|commit|tag|report)\}/g, (_, name: keyof typeof values) => values[name]),
  );
}

/** Whether the command is to leave a report. */
export function wantsReport(words: readonly string[]): boolean {
  return words.some(word => word.includes('{report}'));
}

/** The same for its environment. */
export function variablesOf({ image, reference, commit = '', tag }: Subject): Record<string, string> {
  return {
    HEADWAY_IMAGE: formatImageReference(reference),
    HEADWAY_DIGEST: reference.digest,
    HEADWAY_COMMIT: commit,
    HEADWAY_TAG: tag,
    HEADWAY_NAME: image,
  };
}

/** A word as a POSIX shell takes it, whatever is in it. POSIX.1-2024, XCU 2.2.2. */
export function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
