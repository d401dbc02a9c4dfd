import { Argument, type Command } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `sluice completion SHELL`: a script that completes commands and options. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options: eval "$(sluice completion bash)"')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: (typeof shells)[number]) => console.log(buildCompletion(program, shell)));
}

/** The script of a shell, made of the program's own commands and options. */
export function buildCompletion(program: Command, shell: (typeof shells)[number]): string {
  const words = wordsByCommand(program);
  if (shell === 'fish') return buildFish(program.name(), words);
  const cases = [...words].map(([path, found]) => `    "${path}") words="${found.join(' ')}" ;;`);
  const name = program.name();
  const script = [
    `_${name}() {`,
    '  local path="" word words=""',
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    `    case "$path $word" in ${[...words.keys()]
      .filter((path) => path !== '')
      .map((path) => `"${path.includes(' ') ? '' : ' '}${path}"`)
      .join('|')}) path="\${path:+$path }$word" ;; esac`,
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    `  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))`,
    '}',
    `complete -o default -F _${name} ${name}`,
  ];
  // zsh runs bash's completions by itself once it is asked to.
  return [...(shell === 'zsh' ? ['autoload -Uz bashcompinit && bashcompinit'] : []), ...script].join('\n');
}

/** Sub-commands and long options of every command, by its path without the program's name. */
function wordsByCommand(command: Command, path = ''): ReadonlyMap<string, readonly string[]> {
  const commands = command.commands.map((one) => one.name());
  const options = command.options.flatMap(({ long }) => long ?? []);
  const below = command.commands.flatMap((one) => [
    ...wordsByCommand(one, path === '' ? one.name() : `${path} ${one.name()}`),
  ]);
  return new Map([[path, [...commands, ...options, '--help']], ...below]);
}

function buildFish(name: string, words: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...words].flatMap(([path, found]) => {
    const last = path.split(' ').at(-1)!;
    const condition = path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${last}`;
    return found.map((word) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c ${name} -n '${condition}' ${what}`;
    });
  });
  return lines.join('\n');
}
