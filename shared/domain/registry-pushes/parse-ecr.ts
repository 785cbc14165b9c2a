import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Event = z.object({
  'detail-type': z.string(),
  account: z.string().regex(/^\d{12}$/, 'expected an AWS account of 12 digits'),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'expected an AWS region, such as us-west-2'),
  detail: z.object({
    'action-type': Text,
    result: Text,
    'repository-name': Text,
    'image-tag': Text,
  }),
});

/**
 * Amazon ECR's event "ECR Image Action" as EventBridge sends it to an API destination: one for each tag.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseEcr(body: string): RegistryPush[] {
  const { 'detail-type': type, account, region, detail } = readPayload(Event, body, 'ECR event');
  if (type !== 'ECR Image Action' || detail['action-type'] !== 'PUSH' || detail.result !== 'SUCCESS')
    return [];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const repository = `${account}.dkr.ecr.${region}.${domain}/${detail['repository-name'] ?? ''}`;
  return pushed(repository, detail['image-tag']);
}
