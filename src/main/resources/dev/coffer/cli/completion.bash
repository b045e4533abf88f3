# Completion of coffer for bash: source <(coffer completion bash)
_coffer() {
    local line files='' current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) files=yes ;;
            ?*) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <(printf '%s\0' "${COMP_WORDS[@]:1:COMP_CWORD}" | "${COMP_WORDS[0]}" --complete 2>/dev/null)
    if [ -n "$files" ]; then
        [ "$current" != '=' ] || current=''
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done < <(compgen -f -- "$current")
        compopt -o filenames 2>/dev/null
    fi
    if [ "${#COMPREPLY[@]}" = 1 ] && [ "${COMPREPLY[0]%=}" != "${COMPREPLY[0]}" ]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _coffer coffer
