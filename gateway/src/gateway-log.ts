import { Injectable } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** What the gateway writes down: ids and causes, never what was in a request. */
@Injectable()
export class GatewayLog {
  constructor(private readonly logger: Logger = pino({ name: 'gateway' })) {}

  /** Something nobody expected; the reference is what the user was shown. */
  unexpected(cause: unknown, reference: string): void {
    this.logger.error({ reference, err: cause instanceof Error ? { message: cause.message, stack: cause.stack } : String(cause) }, 'unexpected error');
  }
}
