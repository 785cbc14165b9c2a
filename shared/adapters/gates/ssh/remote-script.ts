import { quoteForShell } from '../../../domain/gates/words.ts';

/**
 * Runs a command (as a shell takes it) so that all of it ends with the connection: its input ends then, which a watcher
 * sees that ends the command's whole group, in the end by force. What it leaves running when it ends itself is ended too.
 * A system without setsid(1) has no group to end: there it is the command alone. 255 is what `ssh` says of itself, so that
 * a command's own 255 comes as 254. Where it is to leave a report, one of an earlier run is removed first, and one that
 * nobody asks for at the end.
 */
const SCRIPT = [
  'exec 3<&0',
  'rm -f "$2"',
  'p= g=',
  'command -v setsid >/dev/null && p=setsid g=-',
  '$p sh -c "$1" </dev/null 3<&- & c=$!',
  '{ cat <&3; kill -TERM "$g$c"; sleep 5; kill -KILL "$g$c"; } >/dev/null 2>&1 & w=$!',
  'exec 3<&-',
  'wait "$c"',
  's=$?',
  'kill "$w" 2>/dev/null',
  '[ -z "$g" ] || kill -KILL "-$c" 2>/dev/null',
  '[ "$s" -eq 0 ] || rm -f "$2"',
  '[ "$s" -eq 255 ] && s=254',
  'exit "$s"',
].join('; ');

/** What runs the command there; `report` is the path of what it is to leave. */
export function endedWithConnection(command: string, report = ''): string {
  return ['sh', '-c', SCRIPT, 'headway', `exec ${command}`, report].map(quoteForShell).join(' ');
}

/** Prints a report, and removes it. */
export function takeReport(report: string): string {
  const path = quoteForShell(report);
  return `cat ${path} && rm -f ${path}`;
}
