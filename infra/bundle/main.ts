import { resolve } from 'node:path';
import { alignColumns } from '../cli/text/align-columns.ts';
import { functionMap } from '../cloud/function-map.ts';
import { bundleFunction } from './bundle-function.ts';

/** `npm run bundle`: every function as a folder and a zip file in `.headway/bundle`, where Terraform looks for them. */
const folder = resolve('.headway', 'bundle');
const rows: string[][] = [];
for (const name of Object.keys(functionMap)) {
  const { bytes, zip } = await bundleFunction(name, folder);
  rows.push([name, `${Math.round(bytes / 1024)} KiB`, zip]);
}
process.stdout.write(`${alignColumns(rows).join('\n')}\n`);
