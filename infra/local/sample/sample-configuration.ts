import type { Sample } from './sample.ts';

/** The sample's `headway.yaml`. Paths are written as JSON strings, which YAML reads too. */
export function sampleConfiguration({ shop, manifests, secrets }: Sample, url: string): string {
  const registry = new URL(url).host;
  return `# The bundled sample. Copy it beside your own project as headway.yaml and go on from here.
repos:
  shop:
    url: ${JSON.stringify(shop)}
    branch: main

images:
  base:
    repo: shop
    context: base
    repository: ${registry}/shop/base
  web:
    repo: shop
    context: web
    repository: ${registry}/shop/web
    parent: base
  api:
    repo: shop
    context: api
    repository: ${registry}/shop/api
    parent: base

tags:
  prod:
    images: [web, api] # base carries no tag: it is built and left alone

targets:
  manifests:
    kind: git
    url: ${JSON.stringify(manifests)}
    files: ['shop/*.yaml']
  docker:
    kind: docker
    optional: true # without an engine that answers, its services are left out

services:
  web: { target: manifests, image: web, tag: prod }
  api: { target: manifests, image: api, tag: prod }
  shop-web: { target: docker, image: web, tag: prod, ports: ['8000'] }
  shop-api: { target: docker, image: api, tag: prod, ports: ['8000'] }

hooks:
  github: { kind: github, secret: ${JSON.stringify(`file://${secrets.github}`)} }
  builds: { kind: notices, secret: ${JSON.stringify(`file://${secrets.builds}`)} }
`;
}
