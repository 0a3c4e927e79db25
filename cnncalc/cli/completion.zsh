#compdef cnncalc
# Completion of cnncalc in zsh, in a folder of $fpath that is there before compinit is called:
#   cnncalc completion zsh > "${fpath[1]}/_cnncalc"
# or by this line in ~/.zshrc, after compinit:
#   eval "$(cnncalc completion zsh)"
_cnncalc() {
    local line
    local -a plain part
    for line in "${(@f)$(_CNNCALC_COMPLETE=zsh_complete ${~words[1]} "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        case $line in
            plain$'\t'*) plain+=("${line#*$'\t'}") ;;
            part$'\t'*) part+=("${line#*$'\t'}") ;;
        esac
    done
    (( $#plain )) && _describe -V cnncalc plain
    (( $#part )) && _describe -V cnncalc part -S ''
    (( $#plain + $#part ))
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _cnncalc "$@"
else
    compdef _cnncalc cnncalc
fi
