import { quoteForShell } from '../../../domain/gates/words.ts';

/**
 * Runs a command (as a shell takes it) so that it ends with the connection: its input ends then, which a watcher sees
 * that ends the command. 255 is what `ssh` says of itself, so that a command's own 255 comes as 254.
 */
const SCRIPT = [
  'exec 3<&0',
  'eval "$1" </dev/null 3<&- & c=$!',
  '{ cat <&3; kill "$c"; } >/dev/null 2>&1 & w=$!',
  'exec 3<&-',
  'wait "$c"',
  's=$?',
  'kill "$w" 2>/dev/null',
  '[ "$s" -eq 255 ] && s=254',
  'exit "$s"',
].join('; ');

export function endedWithConnection(command: string): string {
  return ['sh', '-c', SCRIPT, 'headway', `exec ${command}`].map(quoteForShell).join(' ');
}

/** The same for a command that leaves a report: one of an earlier run would be somebody else's. */
export function leaveReport(command: string, report: string): string {
  return `rm -f ${quoteForShell(report)} && ${endedWithConnection(command)}`;
}

/** Prints a report, and removes it. */
export function takeReport(report: string): string {
  const path = quoteForShell(report);
  return `cat ${path} && rm -f ${path}`;
}
