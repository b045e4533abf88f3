#compdef coffer
# Completion of coffer for zsh: source <(coffer completion zsh), below compinit
_coffer() {
    local line files=''
    local -a plain open plain_texts open_texts
    while IFS= read -r line; do
        case $line in
            :files) files=yes ;;
            *=$'\t'* | *=) open+=("${line%%$'\t'*}") open_texts+=("${line/$'\t'/  -- }") ;;
            ?*) plain+=("${line%%$'\t'*}") plain_texts+=("${line/$'\t'/  -- }") ;;
        esac
    done < <(printf '%s\0' "${(@)words[2,CURRENT]}" | "${words[1]}" --complete 2>/dev/null)
    (( ${#plain} )) && compadd -l -d plain_texts -a plain
    (( ${#open} )) && compadd -l -S '' -d open_texts -a open
    [[ -z $files ]] || _files
    return 0
}
(( ! $+functions[compdef] )) || compdef _coffer coffer
