import { StepRefused } from './refusals.ts';

/** `8080`, `53/udp`, `8000-8002/tcp` as the names a configuration holds: `8080/tcp`. @throws {StepRefused} */
export function exposedPorts(text: string): string[] {
  if (text === '') return [];
  const [, first, last = first, protocol = 'tcp'] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from < 1 || to < from || to > 65_535) {
    throw new StepRefused(`EXPOSE needs a port such as 8080 or 53/udp, found ${JSON.stringify(text)}`);
  }
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}
