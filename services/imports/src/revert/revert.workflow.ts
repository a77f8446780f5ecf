import type { Revert } from './revert.js';
import type { RevertEvent } from './revert.events.js';

/** The job that an event of a revert calls for; kinds are those of the import's workflow. */
export function jobAfterRevert(
  event: RevertEvent,
  _state: Revert,
): { readonly kind: 'preview-revert' | 'open-revert'; readonly subject: string } | undefined {
  switch (event.type) {
    case 'RevertPlanned':
      return { kind: 'preview-revert', subject: '' };
    case 'RevertConfirmed':
      return { kind: 'open-revert', subject: '' };
    default:
      return undefined;
  }
}
