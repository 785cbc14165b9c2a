import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildOrder } from '../../../ports/builder.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { type OrderWords, tellOrder } from '../order-words.ts';

export type Surroundings = Omit<OrderWords, 'files'> & {
  /** Where the program may write the digest of what it pushed. */
  readonly digestFile: string;
};

/** What a program of this machine gets to know of an order: its files are in a folder that is private and goes away. */
export async function writeSurroundings(
  order: BuildOrder,
  { folder, credentials }: { readonly folder: string; readonly credentials: CredentialsFor },
): Promise<Surroundings> {
  const digestFile = join(folder, 'digest');
  const secrets = join(folder, 'secrets');
  const places = { context: order.context, folder, secrets, digestFile };
  const { files, ...words } = await tellOrder(order, { places, credentials });
  await mkdir(secrets, { mode: 0o700 });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
  }
  return { ...words, digestFile };
}
