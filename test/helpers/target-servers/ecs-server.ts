import type { ExecutionContext } from 'ava';
import { type Answer, type Asked, serveRoutes } from '../forge-servers/serve-routes.ts';

type Container = { name: string; image: string } & Record<string, unknown>;
type Definition = { taskDefinitionArn: string; revision: number; containerDefinitions: Container[] } & Record<
  string,
  unknown
>;
type Deployment = {
  id: string;
  status: 'PRIMARY' | 'ACTIVE';
  taskDefinition: string;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
};

const ARN = 'arn:aws:ecs:eu-central-1:123456789012';
const BROKEN = 'ECS deployment circuit breaker: tasks failed to start.';
/** What ECS adds to what was registered. */
const READ_ONLY = {
  status: 'ACTIVE',
  requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.19' }],
  compatibilities: ['EC2', 'FARGATE'],
  registeredAt: 1_760_000_000.5,
  registeredBy: `${ARN}:user/ops`,
};

/**
 * One service of ECS in the AWS JSON 1.1 protocol: task definitions that cannot be changed, and deployments that are
 * done when they are looked at the second time, or that the circuit breaker stops.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
 */
export async function serveEcs(
  t: ExecutionContext,
  {
    containers,
    isBad = () => false,
    rollback = false,
    taskDigest,
  }: {
    readonly containers: readonly Container[];
    readonly isBad?: (image: string) => boolean;
    readonly rollback?: boolean;
    /** What tasks say that they run, where they do. */
    readonly taskDigest?: string | undefined;
  },
) {
  const definitions: Definition[] = [];
  const tags = [{ key: 'team', value: 'web' }];
  const state = { controller: 'ECS', exists: true, updates: 0, deployments: [] as Deployment[], steady: '' };
  register({
    family: 'web',
    containerDefinitions: structuredClone([...containers]),
    networkMode: 'awsvpc',
    volumes: [{ name: 'data', host: {} }],
    cpu: '256',
    memory: '512',
    runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: `${ARN}:role/execution`,
  });
  begin(definitions[0]?.taskDefinitionArn ?? '');
  settle();

  function register(asked: Record<string, unknown>): Definition {
    const revision = definitions.length + 1;
    const taskDefinitionArn = `${ARN}:task-definition/web:${revision}`;
    const { tags: _, ...kept } = asked;
    const made = { ...kept, ...READ_ONLY, taskDefinitionArn, revision } as unknown as Definition;
    definitions.push(made);
    return made;
  }

  function begin(taskDefinition: string): void {
    const others = state.deployments.filter(({ taskDefinition: own }) => own === state.steady);
    state.deployments = [
      {
        id: `ecs-svc/${++state.updates}`,
        status: 'PRIMARY',
        taskDefinition,
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: 'ECS deployment in progress.',
      },
      ...others.map(one => ({ ...one, status: 'ACTIVE' as const })),
    ];
  }

  function settle(): void {
    const [primary] = state.deployments;
    if (primary?.rolloutState !== 'IN_PROGRESS') return;
    if (!isBad(imageOf(primary.taskDefinition))) {
      primary.rolloutState = 'COMPLETED';
      primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
      state.steady = primary.taskDefinition;
      state.deployments = [primary];
      return;
    }
    primary.rolloutState = 'FAILED';
    primary.rolloutStateReason = BROKEN;
    if (!rollback) return;
    begin(state.steady);
    const [back] = state.deployments;
    if (back !== undefined)
      back.rolloutStateReason = `ECS deployment circuit breaker: rolling back to ${back.id}.`;
    state.deployments.push({ ...primary, status: 'ACTIVE' });
  }

  function imageOf(arn: string): string {
    const found = definitions.find(({ taskDefinitionArn }) => taskDefinitionArn === arn);
    return found?.containerDefinitions[0]?.image ?? '';
  }

  function service() {
    return {
      serviceArn: `${ARN}:service/default/web`,
      serviceName: 'web',
      clusterArn: `${ARN}:cluster/default`,
      status: 'ACTIVE',
      desiredCount: 1,
      runningCount: 1,
      pendingCount: 0,
      taskDefinition: state.deployments[0]?.taskDefinition,
      deploymentController: { type: state.controller },
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
      deployments: state.deployments.map(one => ({
        ...one,
        desiredCount: 1,
        runningCount: 1,
        createdAt: 1.5e9,
      })),
      tags,
    };
  }

  const actions: Record<string, (asked: Record<string, unknown>) => Answer> = {
    ListServices: () => ({ body: { serviceArns: state.exists ? [service().serviceArn] : [] } }),
    DescribeServices() {
      const failures = [{ arn: `${ARN}:service/default/web`, reason: 'MISSING' }];
      if (!state.exists) return { body: { services: [], failures } };
      const shown = { services: [service()], failures: [] };
      settle();
      return { body: shown };
    },
    DescribeTaskDefinition({ taskDefinition }) {
      const found = definitions.find(one => one.taskDefinitionArn === taskDefinition);
      return found === undefined
        ? refused('ClientException', 'Unable to describe task definition.')
        : { body: { taskDefinition: found, tags } };
    },
    ListTaskDefinitions: () => ({
      body: { taskDefinitionArns: definitions.map(({ taskDefinitionArn }) => taskDefinitionArn).reverse() },
    }),
    RegisterTaskDefinition(asked) {
      const odd = Object.keys(asked).filter(key => key in READ_ONLY || key === 'revision');
      if (odd.length > 0) return refused('ClientException', `Unknown parameter ${odd[0]}`);
      if (JSON.stringify(asked['tags']) !== JSON.stringify(tags))
        return refused('ClientException', 'No tags.');
      return { body: { taskDefinition: register(asked) } };
    },
    UpdateService(asked) {
      begin(String(asked['taskDefinition']));
      return { body: { service: service() } };
    },
    ListTasks: () => ({ body: { taskArns: [`${ARN}:task/default/1`] } }),
    DescribeTasks: () => ({
      body: { tasks: [{ containers: [{ name: 'web', imageDigest: taskDigest }] }] },
    }),
  };

  const calls: string[] = [];
  const served = await serveRoutes(t, {
    routes: {
      'POST /': ({ headers, body }: Asked) => {
        const action = String(headers['x-amz-target']).replace('AmazonEC2ContainerServiceV20141113.', '');
        calls.push(action);
        const answer = actions[action]?.(JSON.parse(body.toString('utf8')));
        return {
          headers: { 'Content-Type': 'application/x-amz-json-1.1' },
          ...(answer ?? refused('UnknownOperationException', '')),
        };
      },
    },
    fallback: { status: 404 },
  });
  return {
    ...served,
    state,
    definitions,
    calls,
    settle,
    /** The image that the service's tasks run, old ones as long as the new are not steady. */
    running: () => imageOf(state.steady),
    takeOver(image: string) {
      begin(register({ family: 'web', containerDefinitions: [{ name: 'web', image }] }).taskDefinitionArn);
      settle();
    },
  };
}

function refused(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
