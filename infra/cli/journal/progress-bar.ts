/** `████████░░░░░░░░  33 %`, with a bar of so many characters; an empty total counts as nothing done. */
export function progressBar({ done, total }: { done: number; total: number }, width = 24): string {
  const part = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.round(part * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.round(part * 100)).padStart(3)} %`;
}
