/** State that a connector shall be in. */
export type TargetState = 'RUNNING' | 'PAUSED' | 'STOPPED';

/** Value of the tag for the target state of a connector whose deletion was begun. */
export const deletedState = 'DELETED';

/** The state that a tag says; RUNNING when there is none. */
export function parseTargetState(tag: string | undefined): TargetState {
  return tag === 'PAUSED' || tag === 'STOPPED' ? tag : 'RUNNING';
}
