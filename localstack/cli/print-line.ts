import { colourMark } from '../stack/service-line.ts';

/** Prints a line of the stack for a person, its mark coloured on a terminal. */
export function printLine(line: string): void {
  process.stdout.write(`${colourMark(line, process.stdout)}\n`);
}
