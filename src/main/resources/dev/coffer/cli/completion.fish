# Completion of coffer for fish: coffer completion fish > ~/.config/fish/completions/coffer.fish
function __coffer_complete
    set -l typed (commandline -opc)
    for line in (printf '%s\0' $typed[2..-1] (commandline -ct) | $typed[1] --complete 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c coffer -f -a '(__coffer_complete)'
