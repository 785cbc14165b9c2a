import { type ApplyVerdict, judgeApply, type Proposal } from '../domain/configuration/judge-apply.ts';
import type { ConfigurationVersion } from '../domain/documents/configuration-version.ts';
import { configurations, pointers } from './collections.ts';
import { put, type Records, refTo } from './records.ts';

/** The number of the version in force; nothing before the first. */
export async function currentVersion(records: Records): Promise<number | undefined> {
  return (await records.get(refTo(pointers, 'configuration')))?.version;
}

/** One version, in force or not. */
export function configurationVersion(
  records: Records,
  version: number,
): Promise<ConfigurationVersion | undefined> {
  return records.get(refTo(configurations, version));
}

/** The newest versions first, at most 100. */
export function configurationHistory(records: Records): Promise<ConfigurationVersion[]> {
  return records.query(configurations, { orderBy: { field: 'version', direction: 'desc' }, limit: 100 });
}

/** Puts a text in force as a new version, in one transaction; see {@link judgeApply}. */
export function applyConfiguration(records: Records, proposal: Proposal): Promise<ApplyVerdict> {
  const refs = {
    current: refTo(pointers, 'configuration'),
    known: refTo(configurations, proposal.over),
  };
  return records.transact(refs, found => {
    const result = judgeApply(found, proposal);
    if (result.kind !== 'applied') return { result, writes: [] };
    const { version, by, at } = result.version;
    return { result, writes: [put(configurations, result.version), put(pointers, { version, by, at })] };
  });
}
