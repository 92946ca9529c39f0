import type { CommandWords, OptionWords } from './words.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Names that every script offers. */
export interface Names {
  /** For `--data`. */
  readonly corpora: readonly string[];
  /** Configs that come with mmx. */
  readonly configs: readonly string[];
}

/** The script that completes `mmx` in a shell. */
export function completionScript(shell: Shell, commands: readonly CommandWords[], names: Names): string {
  if (shell === 'fish') return fishScript(commands, names);
  const tables = posixTables(commands, names);
  return shell === 'bash' ? `${bashHead}${tables}${bashTail}` : `${zshHead}${tables}${zshTail}`;
}

/** What bash and zsh look up: functions of one `case` each, in the syntax both share. */
function posixTables(commands: readonly CommandWords[], { corpora, configs }: Names): string {
  const table = (name: string, on: string, entries: readonly (readonly [string, string])[]): string => {
    const lines = entries.map(([key, value]) => `    ${quoted(key)}) echo ${quoted(value)} ;;\n`);
    return `_mmx_${name}() {\n  case "${on}" in\n${lines.join('')}  esac\n}\n`;
  };
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value !== 'none')
      .flatMap(({ flags, value, words }) =>
        flags.map((flag) => [`${path} ${flag}`, [value, ...words].join(' ')] as const),
      ),
  );
  const paths = commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => `    ${quoted(path)}) return 0 ;;\n`);
  return [
    table(
      'commands',
      '$1',
      commands
        .filter(({ commands: below }) => below.length > 0)
        .map(({ path, commands: below }) => [path, below.map(({ name }) => name).join(' ')]),
    ),
    table(
      'options',
      '$1',
      commands.map(({ path, options }) => [path, options.flatMap(({ flags }) => flags).join(' ')]),
    ),
    table(
      'argument',
      '$1',
      commands
        .filter(({ argument }) => argument.kind !== 'none')
        .map(({ path, argument }) => [path, [argument.kind, ...argument.words].join(' ')]),
    ),
    // What follows an option: a kind, and the words there are to choose from.
    table('value', '$1 $2', values),
    `_mmx_corpora() {\n  echo ${quoted(corpora.join(' '))}\n}\n`,
    `_mmx_configs() {\n  echo ${quoted(configs.join(' '))}\n}\n`,
    '_mmx_runs() {\n  for file in results/runs/manifests/*.json; do\n    if [ -e "$file" ]; then basename "$file" .json; fi\n  done\n}\n',
    liveRuns,
    `_mmx_known() {\n  case "$1" in\n${paths.join('')}  esac\n  return 1\n}\n`,
  ].join('');
}

/** Marks are called `<run>.<host>-<pid>-<random>.tmp`, or `<run>.slurm.json`. */
const liveRuns = `_mmx_live_runs() {
  for file in results/runs/running/*.tmp results/runs/running/*.slurm.json; do
    if [ -e "$file" ]; then file="$(basename "$file" .slurm.json)"; echo "\${file%.*-*-*.tmp}"; fi
  done
}
`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const bashHead = `# bash completion for mmx. Once:  source <(mmx completion bash)
# For good:  mmx completion bash > ~/.local/share/bash-completion/completions/mmx
`;

const bashTail = `_mmx_add() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_mmx_of_kind() {
  local kind="$1" cur="$2"
  shift 2
  case "$kind" in
    words) _mmx_add < <(compgen -W "$*" -- "$cur") ;;
    config)
      _mmx_add < <(compgen -W "\${*:-$(_mmx_configs)}" -- "$cur"; compgen -f -X '!*.yaml' -- "$cur"; compgen -f -X '!*.yml' -- "$cur"; compgen -d -- "$cur")
      compopt -o filenames 2>/dev/null ;;
    directory)
      _mmx_add < <(compgen -d -- "$cur")
      compopt -o filenames 2>/dev/null ;;
    corpus) _mmx_add < <(compgen -W "$(_mmx_corpora)" -- "$cur") ;;
    live-run) _mmx_add < <(compgen -W "$(_mmx_live_runs)" -- "$cur") ;;
    run)
      _mmx_add < <(compgen -W "$(_mmx_runs)" -- "$cur"; compgen -d -- "$cur")
      compopt -o filenames 2>/dev/null ;;
  esac
}
_mmx() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="" before="" at="" word i value
  COMPREPLY=()
  [ "$COMP_CWORD" -ge 1 ] && prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash cuts words at "=": --data cuave = DIR
  if [ "$cur" = "=" ]; then cur=""; before="\${COMP_WORDS[COMP_CWORD-2]}"; prev="="
  elif [ "$prev" = "=" ] && [ "$COMP_CWORD" -ge 3 ]; then before="\${COMP_WORDS[COMP_CWORD-3]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${at:+$at }\${COMP_WORDS[i]}"
    if _mmx_known "$word"; then at="$word"; fi
  done
  if [ "$prev" = "=" ]; then
    case "$(_mmx_value "$at" "$before")" in corpus*) _mmx_of_kind directory "$cur" ;; esac
    return
  fi
  value="$(_mmx_value "$at" "$prev")"
  if [ -n "$value" ]; then
    case "$value" in
      corpus)
        _mmx_add < <(compgen -W "$(_mmx_corpora)" -S = -- "$cur")
        compopt -o nospace 2>/dev/null ;;
      *) _mmx_of_kind \${value%% *} "$cur" \${value#"\${value%% *}"} ;;
    esac
    return
  fi
  case "$cur" in
    -*) _mmx_of_kind words "$cur" $(_mmx_options "$at"); return ;;
  esac
  value="$(_mmx_commands "$at")"
  if [ -n "$value" ]; then _mmx_of_kind words "$cur" $value; return; fi
  value="$(_mmx_argument "$at")"
  if [ -n "$value" ]; then _mmx_of_kind \${value%% *} "$cur" \${value#"\${value%% *}"}; fi
}
complete -F _mmx mmx
`;

const zshHead = `#compdef mmx
# zsh completion for mmx. Once, after compinit:  source <(mmx completion zsh)
# For good:  mmx completion zsh > a folder of $fpath/_mmx
`;

const zshTail = `_mmx_of_kind() {
  local kind="$1"
  shift
  case "$kind" in
    words) compadd -- "$@" ;;
    config) compadd -- \${@:-$(_mmx_configs)}; _files -g '*.(yaml|yml)' ;;
    directory) _files -/ ;;
    corpus) compadd -- $(_mmx_corpora) ;;
    live-run) compadd -- $(_mmx_live_runs) ;;
    run) compadd -- $(_mmx_runs); _files -/ ;;
  esac
}
_mmx() {
  local cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}" at="" word i
  local -a value
  for ((i = 2; i < CURRENT; i++)); do
    word="\${at:+$at }\${words[i]}"
    if _mmx_known "$word"; then at="$word"; fi
  done
  value=($(_mmx_value "$at" "$prev"))
  if [[ "\${value[1]}" == corpus ]]; then
    if [[ "$cur" == *=* ]]; then compset -P '*='; _files -/
    else compadd -S = -- $(_mmx_corpora); fi
    return
  fi
  if (( \${#value} )); then _mmx_of_kind "\${value[@]}"; return; fi
  if [[ "$cur" == -* ]]; then compadd -- $(_mmx_options "$at"); return; fi
  value=($(_mmx_commands "$at"))
  if (( \${#value} )); then compadd -- "\${value[@]}"; return; fi
  value=($(_mmx_argument "$at"))
  if (( \${#value} )); then _mmx_of_kind "\${value[@]}"; fi
}
compdef _mmx mmx
`;

const fishHead = `# fish completion for mmx. Once:  mmx completion fish | source
# For good:  mmx completion fish > ~/.config/fish/completions/mmx.fish
complete -c mmx -e
complete -c mmx -f
`;

/** fish has descriptions, so each command and option gets a line of its own. */
function fishScript(commands: readonly CommandWords[], { corpora, configs }: Names): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  const at = `function __mmx_at
  set -l at
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$at $word")
    if contains -- $longer ${paths.map(fishQuoted).join(' ')}
      set at $longer
    end
  end
  test "$at" = "$argv[1]"
end
function __mmx_yaml
  __fish_complete_suffix .yaml
  __fish_complete_suffix .yml
end
function __mmx_configs
  string join \\n -- ${configs.map(fishQuoted).join(' ')}
end
function __mmx_runs
  for file in results/runs/manifests/*.json
    basename $file .json
  end
end
function __mmx_live_runs
  for file in results/runs/running/*.tmp results/runs/running/*.slurm.json
    basename $file .slurm.json | string replace -r '\\.[^.]*-[0-9]*-[^.]*\\.tmp$' ''
  end
end
function __mmx_data
  if string match -q '*=*' -- (commandline -ct)
    set -l name (string split -m 1 = -- (commandline -ct))
    for directory in (__fish_complete_directories $name[2])
      echo $name[1]=(string split \\t -- $directory)[1]
    end
  else
    string join \\n -- ${corpora.map((name) => fishQuoted(`${name}=`)).join(' ')}
  end
end
`;
  const lines = commands.flatMap(({ path, commands: below, options, argument }) => {
    const here = `complete -c mmx -n ${fishQuoted(`__mmx_at ${fishQuoted(path)}`)}`;
    return [
      ...below.map(({ name, description }) => `${here} -a ${name} -d ${fishQuoted(description)}`),
      ...options.map((option) => `${here} ${fishOption(option)}`),
      ...fishArgument(argument, corpora).map((words) => `${here} -a ${fishQuoted(words)}`),
    ];
  });
  return `${fishHead}${at}${lines.join('\n')}\n`;
}

function fishOption({ flags, description, value, words }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const follow = {
    none: '',
    text: ' -x',
    words: ` -x -a ${fishQuoted(words.join(' '))}`,
    directory: " -x -a '(__fish_complete_directories)'",
    corpus: " -x -a '(__mmx_data)'",
  }[value];
  return `${names.join(' ')}${follow} -d ${fishQuoted(description)}`;
}

function fishArgument(argument: CommandWords['argument'], corpora: readonly string[]): readonly string[] {
  switch (argument.kind) {
    case 'none':
      return [];
    case 'words':
      return [argument.words.join(' ')];
    case 'config':
      return [argument.words.length > 0 ? argument.words.join(' ') : '(__mmx_configs)', '(__mmx_yaml)'];
    case 'directory':
      return ['(__fish_complete_directories)'];
    case 'corpus':
      return [corpora.join(' ')];
    case 'live-run':
      return ['(__mmx_live_runs)'];
    case 'run':
      return ['(__mmx_runs)', '(__fish_complete_directories)'];
  }
}

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
