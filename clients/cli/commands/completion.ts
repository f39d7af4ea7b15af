// `court completion`: a script that completes commands and options in bash, zsh or fish, made from the commands themselves.
import { Argument, Command } from 'commander';
import type { Context } from '../context.ts';
import { examples } from '../options.ts';

interface Word {
  /** Commands that come before, e.g. `rooms`; empty at the start. */
  path: string;
  name: string;
  description: string;
}

export function completionCommand({ terminal }: Context, program: Command): Command {
  return new Command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'court completion bash > ~/.local/share/bash-completion/completions/court',
        'court completion zsh > "$fpath[1]/_court"',
        'court completion fish > ~/.config/fish/completions/court.fish',
      ),
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const script = scripts[shell](words(program, ''));
      await terminal.result({ shell, script }, script);
    });
}

/** Every command and long option, with where it may stand. */
function words(command: Command, path: string): Word[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter(({ parent }) => parent === command);
  const options = [...help.visibleOptions(command), ...(path ? help.visibleGlobalOptions(command) : [])];
  return [
    ...commands.map(inner => ({ path, name: inner.name(), description: inner.description() })),
    ...options.flatMap(({ long, description }) => (long ? [{ path, name: long, description }] : [])),
    ...commands.flatMap(inner =>
      [inner.name(), ...inner.aliases()].flatMap(name => words(inner, path ? `${path} ${name}` : name)),
    ),
  ];
}

function byPath(all: readonly Word[]): [string, Word[]][] {
  return [...Map.groupBy(all, ({ path }) => path)];
}

/** In single quotes, as all three shells read them. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The longest chain of commands on the line so far, in the syntax that bash and zsh share. */
const PATH_LOOP = (all: readonly Word[]) => `  for word in "\${line[@]}"; do
    case "\${at:+$at }$word" in
      ${byPath(all)
        .flatMap(([path]) => (path ? [quoted(path)] : []))
        .join('|')}) at="\${at:+$at }$word" ;;
    esac
  done`;

const scripts: Record<'bash' | 'zsh' | 'fish', (all: readonly Word[]) => string> = {
  bash: all => `# bash completion for court
_court() {
  local at='' word line=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") options=''
${PATH_LOOP(all)}
  case "$at" in
${byPath(all)
  .map(([path, list]) => `    ${quoted(path)}) options=${quoted(list.map(({ name }) => name).join(' '))} ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$options" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _court court`,

  zsh: all => `#compdef court
_court() {
  local at='' word
  local -a line options
  line=("\${(@)words[2,CURRENT-1]}")
${PATH_LOOP(all)}
  case "$at" in
${byPath(all)
  .map(
    ([path, list]) =>
      `    ${quoted(path)}) options=(${list.map(({ name, description }) => quoted(`${name}:${description}`)).join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  _describe 'court' options || _files
}
compdef _court court`,

  fish: all => `# fish completion for court
complete -c court -f
${all
  .map(({ path, name, description }) => {
    const seen = path.split(' ').map(part => `__fish_seen_subcommand_from ${part}`);
    const condition = path ? seen.join('; and ') : '__fish_use_subcommand';
    const word = name.startsWith('--') ? `-l ${name.slice(2)}` : `-a ${name}`;
    return `complete -c court -n ${quoted(condition)} ${word} -d ${quoted(description)}`;
  })
  .join('\n')}`,
};
