import { http } from '@google-cloud/functions-framework';
import { milliseconds } from '../../shared/domain/durations.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { serveHttp } from '../../shared/wiring/serve-http.ts';
import { createHooks } from './handler.ts';

http(
  'hooks',
  serveHttp(['hooks'], its => {
    const { hooks, keep } = its.configuration;
    const secret = (name: string) => its.secret(hooks[name]?.secret ?? '');
    const handle = createHooks({ ...its, hooks, secret, keepFor: milliseconds(keep.deliveries), signatures });
    // The function has an address of its own, where the name of the hook is the whole path.
    return request => handle({ ...request, path: request.path.replace(/^\/(?:hooks\/)?/, '/hooks/') });
  }),
);
