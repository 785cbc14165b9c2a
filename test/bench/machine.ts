import { cpus, loadavg, totalmem, type } from 'node:os';

/** The machine that the figures were taken on, and how busy it was when the run began. */
export function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.version,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}
export type Machine = ReturnType<typeof describeMachine>;

/** One line, and a warning beside it when others were using the machine. */
export function machineText({ processor, cores, memoryGiB, system, node, load }: Machine): string {
  const busy = load > cores / 2 ? ': busy with other work, so these figures are provisional' : '';
  return `${cores} cores of ${processor}, ${memoryGiB} GiB, ${system}, Node ${node}, load ${load}${busy}`;
}
