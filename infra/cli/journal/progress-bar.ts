const WIDTH = 24;

/** `████████░░░░░░░░  33 %`; an empty total counts as nothing done. */
export function progressBar(done: number, total: number): string {
  const part = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.round(part * WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.round(part * 100)).padStart(3)} %`;
}
