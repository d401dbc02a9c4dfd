import { Command, Option } from 'commander';
import { type ConnectOptions, connectOptions } from './connect-url.ts';

/** Options that every command of the API has. */
export interface ApiOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** A command that speaks to the Connect REST API and prints a text, or with `--json` the API's own answer. */
export function apiCommand(name: string, description: string): Command {
  const command = new Command(name).description(description);
  command.addOption(new Option('--json', "print the API's own answer"));
  for (const option of connectOptions()) command.addOption(option);
  return command;
}

/** Prints the answer as JSON where that is asked for, else as the text. */
export function printAnswer({ json }: { readonly json?: boolean }, answer: unknown, text: string): void {
  console.log(json ? JSON.stringify(answer ?? {}, undefined, 2) : text);
}
