import type { ImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { Registry } from '../../../shared/ports/registry.ts';
import { RegistryError } from '../../../shared/ports/registry-error.ts';

export type RegistryFailure = {
  /** Which call fails, from 1. */
  readonly call: number;
  readonly temporary: boolean;
  /** Whether it does what was asked before it says that it failed, as when an answer is lost. */
  readonly late: boolean;
};

export type RegistryRefusal = {
  /** From which call on, from 1. */
  readonly call: number;
  /** All calls about it are refused, as by a credential that was withdrawn. */
  readonly repository: string;
};

/** Lets some calls of a registry fail, each once, and all about one repository from some call on. */
export function failingRegistry<R extends Registry>(
  registry: R,
  failures: readonly RegistryFailure[],
  refusal?: RegistryRefusal,
): R {
  let calls = 0;
  const failing =
    <A extends readonly [ImageReference, ...unknown[]], T>(method: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      calls += 1;
      const [{ repository }] = args;
      if (refusal !== undefined && repository === refusal.repository && calls >= refusal.call) {
        throw new RegistryError(`Cannot ask for "${repository}": it is refused`, {
          temporary: false,
          status: 403,
        });
      }
      const failure = failures.find(({ call }) => call === calls);
      if (failure === undefined) return method(...args);
      if (failure.late) await method(...args);
      const { temporary } = failure;
      throw new RegistryError(`Cannot do call ${calls}: the registry is away`, { temporary, status: 500 });
    };
  const { head, retag, untag } = registry;
  return { ...registry, head: failing(head), retag: failing(retag), untag: failing(untag) };
}
