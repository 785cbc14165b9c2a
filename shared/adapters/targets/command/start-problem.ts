/** What a person has to mend before a program can even start; nothing for any other error. */
export function startProblem(
  error: unknown,
  { program, folder }: { readonly program: string; readonly folder: string },
): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT')
    return `there is no program "${program}" on the PATH, or no folder "${folder}" to run it in; install or name it`;
  return code === 'EACCES' ? `program "${program}" may not be run; make it executable` : undefined;
}
