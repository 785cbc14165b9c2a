import { writeFileSync } from 'node:fs';
import { configurationJsonSchema } from '../shared/domain/configuration/json-schema.ts';

/** Writes `infra/config.schema.json`, which editors complete and check `headway.yaml` with. */
const path = new URL('config.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
console.log(`Wrote ${path.pathname}`);
