import type { HookConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { HttpRequest } from '../../shared/ports/http.ts';
import type { Signatures } from '../../shared/ports/signatures.ts';

export type Presented = {
  readonly kind: HookConfiguration['kind'];
  readonly secret: string;
  readonly request: HttpRequest;
  /** The last part of the path, for a kind that keeps its secret there. */
  readonly inPath: string | undefined;
};

/**
 * Whether the sender knows the hook's secret. Forges sign the raw bytes, registries and builders send a bearer
 * token, and Docker Hub can do neither, so that its secret is in the path.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isAuthentic(signatures: Signatures, { kind, secret, request, inPath }: Presented): boolean {
  const { headers, body } = request;
  switch (kind) {
    case 'github':
      return signatures.isSigned(body, secret, prefixed(headers['x-hub-signature-256']));
    case 'gitea': {
      const own =
        headers['x-gitea-signature'] ?? headers['x-forgejo-signature'] ?? headers['x-gogs-signature'];
      return signatures.isSigned(body, secret, own ?? prefixed(headers['x-hub-signature-256']));
    }
    case 'dockerhub':
      return signatures.isSecret(decode(inPath ?? ''), secret);
    default: {
      const [, token = ''] = /^Bearer +(\S.*)$/i.exec(headers['authorization'] ?? '') ?? [];
      return signatures.isSecret(token, secret);
    }
  }
}

function prefixed(header = ''): string {
  return header.startsWith('sha256=') ? header.slice('sha256='.length) : '';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
