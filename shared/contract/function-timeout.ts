/**
 * Timeout in seconds of a sink function that a filter function waits for. The filter must outlive it, or a slow sink
 * would look like a failed filter.
 */
export function chainedSinkTimeout(filterTimeoutSeconds: number): number {
  return Math.max(1, Math.floor(filterTimeoutSeconds * 0.8));
}
