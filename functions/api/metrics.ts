import type { HttpAnswer } from '../../shared/ports/http.ts';
import { services, tags } from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';
import { countWaiting } from './count-waiting.ts';

const ALL = 1_000;
type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/**
 * What alerts are made of, in Prometheus' text format. Failures are consecutive ones: a success sets them to zero.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export async function metrics(records: Records): Promise<HttpAnswer> {
  const allTags = await records.query(tags, { limit: ALL });
  const allServices = await records.query(services, { limit: ALL });
  const waiting = Object.entries(await countWaiting(records, ALL));
  const families = [
    family(
      'headway_waiting',
      'Documents that want to be looked at, counted up to 1000',
      waiting.map(([collection, value]) => ({ labels: { collection }, value })),
    ),
    family(
      'headway_tag_behind',
      'Whether a tag is not yet where it should be',
      allTags.map(tag => ({
        labels: { image: tag.image, tag: tag.tag },
        value: tag.wanted?.digest === tag.observed?.digest ? 0 : 1,
      })),
    ),
    family(
      'headway_tag_ledger_entries',
      'Moves and refusals on record',
      allTags.map(tag => ({
        labels: { image: tag.image, tag: tag.tag },
        value: tag.sequence,
      })),
    ),
    family(
      'headway_tag_failures',
      'Consecutive failures to move a tag',
      allTags.map(tag => ({
        labels: { image: tag.image, tag: tag.tag },
        value: tag.attempts,
      })),
    ),
    family(
      'headway_service_running',
      'Whether a service was observed running what it should',
      allServices.map(service => ({
        labels: { target: service.target, service: service.service },
        value: service.phase === 'running' ? 1 : 0,
      })),
    ),
    family(
      'headway_service_failures',
      'Consecutive failures to look at a service or change it',
      allServices.map(service => ({
        labels: { target: service.target, service: service.service },
        value: service.attempts,
      })),
    ),
  ];
  return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body: families.join('') };
}

function family(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
