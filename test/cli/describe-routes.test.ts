import test from 'ava';
import { describeRoutes } from '../../infra/cli/journal/describe-routes.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';

test('describeRoutes() says where each sender sends to, what is checked, and no secret', t => {
  const secret = 'env://SECRET';
  const generic = { kind: 'generic', secret, repository: '/name' };
  const configuration = ConfigurationShape.parse({
    hooks: {
      forge: { kind: 'gitlab', secret },
      quay: { kind: 'quay', secret },
      nexus: { kind: 'nexus', secret, registry: 'nexus.acme.com:8082' },
      open: generic,
      signed: { ...generic, signature: { header: 'X-Signature' } },
    },
  });
  t.deepEqual(describeRoutes(configuration, 'http://h'), [
    '  POST http://h/hooks/forge  gitlab, secret token',
    '  POST http://h/hooks/quay/SECRET  quay, secret in the path',
    '  POST http://h/hooks/nexus  nexus, HMAC signature of the body',
    '  POST http://h/hooks/open/SECRET  generic, secret in the path or as bearer',
    '  POST http://h/hooks/signed  generic, HMAC signature of the body',
  ]);
});
