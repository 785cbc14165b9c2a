/** The process is gone: nothing that it does from now on has an effect. */
export class Crash extends Error {
  override name = 'Crash';
}

export type Faults = {
  /** The same port, whose every call is two points where a crash may come: before its effect, and after it. */
  guard<T extends object>(port: T): T;
  readonly crashed: boolean;
};
export type FaultPlan = {
  /** At which point, from 1; never when absent. */
  readonly crashAt?: number | undefined;
  /** Awaited at every point, so that others may come between. */
  readonly turn?: () => Promise<void>;
};

/** One life of a process: everything it does goes through guarded ports, until it crashes. */
export function createFaults({ crashAt, turn }: FaultPlan): Faults {
  let points = 0;
  let crashed = false;
  const point = async () => {
    await turn?.();
    points += 1;
    if (points === crashAt) crashed = true;
    if (crashed) throw new Crash(`crashed at point ${points}`);
  };
  return {
    get crashed() {
      return crashed;
    },
    guard<T extends object>(port: T): T {
      return new Proxy(port, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof value !== 'function' || SYNCHRONOUS.has(name)) return value;
          return async (...args: unknown[]) => {
            await point();
            const result: unknown = await value.apply(target, args);
            await point();
            return result;
          };
        },
      });
    },
  };
}

const SYNCHRONOUS: ReadonlySet<string | symbol> = new Set(['listen', 'watch']);
