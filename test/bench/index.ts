import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTerminal } from '../../infra/cli/journal/terminal.ts';
import { cold } from './cold.ts';
import { disorder } from './disorder.ts';
import { hooks } from './hooks.ts';
import { journey } from './journey.ts';
import { describeMachine, machineText } from './machine.ts';
import type { Finding, Measure } from './measure.ts';
import { promote } from './promote.ts';
import { redeploy } from './redeploy.ts';
import { reportOf } from './report.ts';
import { tag } from './tag.ts';
import { tree } from './tree.ts';

const measures: readonly Measure[] = [hooks, tag, journey, disorder, redeploy, cold, tree, promote];
const USAGE = `npm run bench -- [--json] [MEASURE ...]

Everything is compared within one run, in rounds that take turns; progress goes to standard error.

${measures.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join('\n')}
`;

/** Runs the measures that are named, or all; the exit code is 1 when something that must hold did not. */
async function main(words: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
  const unknown = positionals.find(word => !measures.some(({ name }) => name === word));
  if (values.help || unknown !== undefined) {
    process.stderr.write(unknown === undefined ? USAGE : `There is no measure "${unknown}"\n\n${USAGE}`);
    return values.help ? 0 : 2;
  }
  const chosen = measures.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const machine = describeMachine();
  if (!values.json) process.stdout.write(`${machineText(machine)}\n\n`);
  const findings: Record<string, Finding> = {};
  for (const measure of chosen) {
    const finding = await run(measure);
    findings[measure.name] = finding;
    if (!values.json) process.stdout.write(`${reportOf(measure, finding)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, findings }, null, 2)}\n`);
  return Object.values(findings).some(({ failures = [] }) => failures.length > 0) ? 1 : 0;
}

async function run(measure: Measure): Promise<Finding> {
  const terminal = createTerminal(process.stderr);
  const folder = join(root(), measure.name);
  mkdirSync(folder);
  terminal.line(`measuring ${measure.name} ...`);
  try {
    return await measure.run({ folder, progress: text => terminal.progress(`${measure.name}: ${text}`) });
  } catch (error) {
    // The others are still worth their time.
    return { tables: [], failures: [error instanceof Error ? error.message : String(error)] };
  } finally {
    terminal.progress(undefined);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

let made: string | undefined;
/** The folder of this run, which ends with it, however it ends. */
function root(): string {
  if (made !== undefined) return made;
  const path = mkdtempSync(join(tmpdir(), 'headway-bench-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  made = path;
  return path;
}

process.exitCode = await main(process.argv.slice(2));
