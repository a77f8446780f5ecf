import type { Logger } from '@caseledger/service-kit';

/** What the gateway writes down: ids and causes, never what was in a request. */
export class GatewayLog {
  constructor(private readonly logger: Logger) {}

  /** Something nobody expected; the reference is what the user was shown. */
  unexpected(cause: unknown, reference: string): void {
    this.logger.error({ reference, error: cause }, 'A request could not be processed');
  }
}
