# Completion of cnncalc in bash, with bash-completion installed:
#   cnncalc completion bash > ~/.local/share/bash-completion/completions/cnncalc
# or without it, by this line in ~/.bashrc:
#   eval "$(cnncalc completion bash)"
_cnncalc_completion() {
    COMPREPLY=()
    local candidate
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(_CNNCALC_COMPLETE=bash_complete "${1/#\~/$HOME}" "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
# Before version 4.4 bash cannot keep the order.
complete -o nosort -o nospace -F _cnncalc_completion cnncalc 2>/dev/null ||
    complete -o nospace -F _cnncalc_completion cnncalc
