# Completion of cnncalc in fish:
#   cnncalc completion fish > ~/.config/fish/completions/cnncalc.fish
function __cnncalc_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    env _CNNCALC_COMPLETE=fish_complete $before "$current" 2>/dev/null
end
complete --command cnncalc --no-files --keep-order --arguments '(__cnncalc_complete)'
