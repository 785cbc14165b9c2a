import { refusalOf, unlessMissing } from '../../docker/failures.ts';
import { LABELS } from './labels.ts';
import type { Place } from './standing.ts';

/** Makes the network when there is none of this name; another deploy may be making it at the same time. */
export async function ensureNetwork({ docker, target, service }: Place, name: string): Promise<void> {
  const found = await unlessMissing(docker.getNetwork(name).inspect());
  if (found?.Name === name) return;
  const Labels = { [LABELS.service]: service, [LABELS.target]: target };
  try {
    await docker.createNetwork({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels });
  } catch (error) {
    if (refusalOf(error)?.status !== 409) throw error;
  }
}
