import type { EventStore, JobQueue } from '@caseledger/event-store';
import type { RowTarget } from '@caseledger/row-target';
import type { Logger } from '@caseledger/service-kit';
import type { ImportCommands } from './import.commands.js';
import type { ImportLimits } from './config.js';
import type { ImportMetrics } from './import.metrics.js';
import type { TargetOf } from './import.target.js';
import type { ImportObjects } from './objects/import-objects.js';

/** What the parts of this service work with; put together in the modules. */
export interface ImportContext {
  readonly store: EventStore;
  readonly jobs: JobQueue;
  readonly commands: ImportCommands;
  readonly objects: ImportObjects;
  /** Where the rows of a type of import go. */
  readonly targetOf: TargetOf;
  /** Every service whose records imports write; the ledger follows them all. */
  readonly targets: readonly RowTarget[];
  readonly limits: ImportLimits;
  /** Where private copies of files are made; removed after use. */
  readonly workDir: string;
  /** The thread that files are read in; absent where they are read in the calling one. */
  readonly readThread?: URL;
  readonly logger: Logger;
  readonly metrics: ImportMetrics;
}
