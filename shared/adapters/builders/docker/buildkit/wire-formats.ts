import protobuf from 'protobufjs';

/**
 * What of BuildKit's messages is read or written here.
 * https://github.com/moby/buildkit/blob/v0.8.3/session/secrets/secrets.proto
 * https://github.com/moby/buildkit/blob/v0.8.3/session/auth/auth.proto
 * https://github.com/moby/buildkit/blob/v0.8.3/api/services/control/control.proto
 * https://github.com/grpc/grpc/blob/master/src/proto/grpc/health/v1/health.proto
 */
const FORMATS = `syntax = "proto3";
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse { int32 status = 1; }
  message GetSecretRequest { string ID = 1; }
  message GetSecretResponse { bytes data = 1; }
  message CredentialsRequest { string Host = 1; }
  message CredentialsResponse { string Username = 1; string Secret = 2; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Vertex {
    string digest = 1; string name = 3; bool cached = 4; Timestamp started = 5; Timestamp completed = 6; string error = 7;
  }
  message VertexLog { string vertex = 1; bytes msg = 4; }
  message StatusResponse { repeated Vertex vertexes = 1; repeated VertexLog logs = 3; }
`;

const { root } = protobuf.parse(FORMATS, { keepCase: true });

/** One step of a build, each time that something about it changes. */
export type Vertex = {
  readonly digest: string;
  /** `[2/3] RUN make`; `[internal] load .dockerignore`. */
  readonly name: string;
  readonly cached: boolean;
  readonly started?: object | null;
  readonly completed?: object | null;
  /** Empty where there is none. */
  readonly error: string;
};
/** Any piece of a step's output. */
export type VertexLog = { readonly vertex: string; readonly msg: Uint8Array };
export type StatusResponse = { readonly vertexes: readonly Vertex[]; readonly logs: readonly VertexLog[] };

export type Format<Shape> = {
  readonly read: (bytes: Uint8Array) => Shape;
  readonly write: (message: Shape) => Buffer;
};

/** The format of that name. What a message leaves out is empty, 0 or false, as protocol buffers have it. */
export function format<Shape extends object>(name: string): Format<Shape> {
  const type = root.lookupType(name);
  return {
    read: bytes => type.toObject(type.decode(bytes), { defaults: true }) as Shape,
    write: message => Buffer.from(type.encode(type.create(message)).finish()),
  };
}
