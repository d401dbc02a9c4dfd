import type { EventSourceMapping } from './lambda-service.ts';

type State = EventSourceMapping['State'];

/** State of a mapping that was just created. */
export function stateAfterCreate(enabled: unknown, hasDriver: boolean): State {
  if (enabled === false) return 'Disabled';
  return hasDriver ? 'Creating' : 'Enabled';
}

/** State after an update; `enabled` is the request's field, undefined when it leaves that alone. */
export function stateAfterUpdate(state: State, enabled: unknown, hasDriver: boolean): State {
  const isOff = state === 'Disabled' || state === 'Disabling';
  if (enabled === false) return hasDriver && state !== 'Disabled' ? 'Disabling' : 'Disabled';
  if (isOff && enabled !== true) return state;
  if (!hasDriver) return 'Enabled';
  if (isOff) return 'Enabling';
  return state === 'Enabled' ? 'Updating' : state;
}

/**
 * Whether a driver may move a mapping so: out of a transition into the state that it leads to, or, for a reason of its
 * own, out of work. Any other report is older than the mapping's last change.
 */
export function mayFollow(from: State, to: State, hasReason: boolean): boolean {
  if (to === 'Disabled') return from === 'Disabling' || hasReason;
  return to === 'Enabled' && ['Creating', 'Enabling', 'Updating'].includes(from);
}
