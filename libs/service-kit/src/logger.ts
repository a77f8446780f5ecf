import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Keys that may hold secrets or a person's data, wherever a careless line puts them. */
const HIDDEN = ['password', 'secret', 'authorization', 'bearer', 'session', 'context', 'email', 'name', 'phone', 'parameters', 'detail'];

/**
 * The logger of one process: JSON lines with ids and counts, never a person's data (OPS-003).
 * @param to default: standard output
 */
export function createLogger(o: { service: string; level?: LogLevel; to?: DestinationStream }): Logger {
  const options = {
    level: o.level ?? 'info',
    base: { service: o.service },
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    messageKey: 'message',
    serializers: { error: describeError, err: describeError },
    redact: { paths: [...HIDDEN, ...HIDDEN.map((key) => `*.${key}`)], censor: '…' },
  };
  return o.to === undefined ? pino(options) : pino(options, o.to);
}

/**
 * What a log may say of an error: kind, code, where it was thrown. The text of a database's error can hold values of
 * the row at fault, so only its code and the names of schema objects are kept.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (typeof error !== 'object' || error === null) return { kind: typeof error };
  const { name, code, message, stack, constraint, table, cause } = error as Partial<Record<string, unknown>>;
  const isDatabase = 'query' in error || 'severity' in error;
  return {
    kind: typeof name === 'string' ? name : 'unknown',
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(isDatabase ? { constraint, table } : { text: typeof message === 'string' ? message.slice(0, 500) : '' }),
    frames: typeof stack === 'string' ? stack.split('\n').filter((line) => line.startsWith('    at ')).slice(0, 12).map((line) => line.trim()) : [],
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

/** Hands what Nest says to the process's logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: unknown): void { this.logger.debug({ from: String(context) }, String(message)); }
  warn(message: unknown, context?: unknown): void { this.logger.warn({ from: String(context) }, String(message)); }
  error(message: unknown): void { this.logger.error({ error: describeError(message) }, 'The framework reports an error'); }
  fatal(message: unknown): void { this.logger.fatal({ error: describeError(message) }, 'The framework cannot go on'); }
}
