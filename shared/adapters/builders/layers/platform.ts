import { arch } from 'node:os';
import { StepRefused } from './refusals.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md#image-index-property-descriptions */
export type Platform = { readonly os: string; readonly architecture: string; readonly variant?: string };

/** Linux on this machine's processor, in Go's words. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return { os: 'linux', architecture: names[arch()] ?? arch() };
}

/** `linux/amd64`, `linux/arm/v7`. @throws {StepRefused} */
export function parsePlatform(text: string): Platform {
  const [, os, architecture, variant] = /^(\w+)\/(\w+)(?:\/(\w+))?$/.exec(text) ?? [];
  if (os === undefined || architecture === undefined) {
    throw new StepRefused(`${JSON.stringify(text)} is not a platform: expected one such as linux/amd64`);
  }
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** Whether something made for `there` is what was asked for; a variant counts only where one was asked for. */
export function suits(there: Platform, asked: Platform): boolean {
  return (
    there.os === asked.os &&
    there.architecture === asked.architecture &&
    (asked.variant === undefined || there.variant === asked.variant)
  );
}

/** The build arguments that tell of platforms, once declared. */
export function platformArguments(target: Platform): Readonly<Record<string, string>> {
  const host = hostPlatform();
  return {
    TARGETPLATFORM: formatPlatform(target),
    TARGETOS: target.os,
    TARGETARCH: target.architecture,
    TARGETVARIANT: target.variant ?? '',
    BUILDPLATFORM: formatPlatform(host),
    BUILDOS: host.os,
    BUILDARCH: host.architecture,
    BUILDVARIANT: host.variant ?? '',
  };
}
