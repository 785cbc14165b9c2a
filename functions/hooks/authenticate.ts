import type { HookConfiguration } from '../../shared/domain/configuration/hooks.ts';
import type { HttpRequest } from '../../shared/ports/http.ts';
import type { Signatures } from '../../shared/ports/signatures.ts';

export type Presented = {
  readonly hook: HookConfiguration;
  readonly secret: string;
  readonly request: HttpRequest;
  /** The last part of the path, for a sender that keeps its secret there. */
  readonly inPath: string | undefined;
};

/**
 * Whether the sender knows the hook's secret. Who signs is asked for the HMAC of the raw bytes; who cannot sends the
 * secret itself in a header, or where it has no headers of its own, in the path.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isAuthentic(signatures: Signatures, { hook, secret, request, inPath }: Presented): boolean {
  const { headers, body } = request;
  const isSigned = (signature = '') => signatures.isSigned(body, secret, signature);
  const isSecret = (text = '') => signatures.isSecret(text, secret);
  switch (hook.kind) {
    case 'github':
      return isSigned(after('sha256=', headers['x-hub-signature-256']));
    case 'gitea': {
      const own =
        headers['x-gitea-signature'] ?? headers['x-forgejo-signature'] ?? headers['x-gogs-signature'];
      return isSigned(own ?? after('sha256=', headers['x-hub-signature-256']));
    }
    case 'gitlab':
      return isSecret(headers['x-gitlab-token']);
    case 'dockerhub':
    case 'quay':
      return isSecret(decode(inPath ?? ''));
    // What is typed as "Auth Header" there is sent as it is.
    case 'harbor':
      return isSecret(bearer(headers) ?? headers['authorization']);
    case 'ecr':
      return isSecret(headers['x-api-key'] ?? bearer(headers));
    case 'nexus':
      return signatures.isSigned(body, secret, headers['x-nexus-webhook-signature'] ?? '', 'sha1');
    // It signs if it is told to, and else sends the secret itself.
    case 'jfrog': {
      const sent = headers['x-jfrog-event-auth'];
      return isSigned(sent) || isSecret(sent);
    }
    case 'generic': {
      if (hook.signature === undefined) return isSecret(bearer(headers) ?? decode(inPath ?? ''));
      const { header, prefix, algorithm } = hook.signature;
      return signatures.isSigned(body, secret, after(prefix, headers[header.toLowerCase()]), algorithm);
    }
    case 'acr':
    case 'distribution':
    case 'notices':
      return isSecret(bearer(headers));
  }
}

function after(prefix: string, header = ''): string {
  return header.startsWith(prefix) ? header.slice(prefix.length) : '';
}

function bearer(headers: HttpRequest['headers']): string | undefined {
  return /^Bearer +(\S.*)$/i.exec(headers['authorization'] ?? '')?.[1];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
