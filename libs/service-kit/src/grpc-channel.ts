import type { ChannelOptions } from '@grpc/grpc-js';

/** The metadata key of the signed context (SEC-002). */
export const CONTEXT_KEY = 'caseledger-context';

const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** The same on both sides: how large a message may be and how soon a dead peer is noticed. */
export function channelOptions(): ChannelOptions {
  return {
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5_000,
  };
}
