import { styleText } from 'node:util';
import type { ServiceName } from '../services/service.ts';

const nameWidth = 15;
const urlWidth = 44;

/** The line that says that a service is up, where it answers, and how long its start took. */
export function upLine(name: ServiceName, url: string | null, elapsedMs: number): string {
  return `[UP]    ${name.padEnd(nameWidth)} ${(url ?? '').padEnd(urlWidth)} ${toMs(elapsedMs)}`;
}

/** The line that says that nothing of a service runs any more. */
export function downLine(name: ServiceName, elapsedMs: number): string {
  return `[DOWN]  ${name.padEnd(nameWidth)} ${''.padEnd(urlWidth)} ${toMs(elapsedMs)}`;
}

/** The line for a service that did not stop as it should. */
export function failureLine(name: ServiceName, failure: unknown): string {
  return `[FAIL]  ${name.padEnd(nameWidth)} ${failure instanceof Error ? failure.message : String(failure)}`;
}

/** The line that says that a service's process ended by itself. */
export function diedLine(name: ServiceName, reason: string): string {
  return `[DOWN]  ${name.padEnd(nameWidth)} died: ${reason}; it is started again`;
}

/** The line for a try to start a dead service again that failed. */
export function refusedLine(name: ServiceName, error: unknown, nextTryMs: number): string {
  return `${failureLine(name, error)} Tried again in ${toMs(nextTryMs).trim()}.`;
}

/** Colours the mark at the beginning of a line, where the stream is a terminal that shows colours. */
export function colourMark(line: string, stream: NodeJS.WritableStream): string {
  const colours = { '[UP]': 'green', '[DOWN]': 'gray', '[FAIL]': 'red' } as const;
  for (const [mark, colour] of Object.entries(colours)) {
    if (line.startsWith(mark)) return styleText(colour, mark, { stream }) + line.slice(mark.length);
  }
  return line;
}

function toMs(elapsedMs: number): string {
  return `${Math.max(1, Math.round(elapsedMs))} ms`.padStart(8);
}
