"""A fuzzer of the command line: drawn specs, files and arguments, held against what must never happen.

    python -m tests.fuzz --seed 1 --cases 2000
    python -m tests.fuzz --seed 2 --seconds 3600 --jobs 2 --save ~/finds
    python -m tests.fuzz --seed 1 --case 1234
    python -m tests.fuzz --replay ~/finds/1-1234.json
    python -m tests.fuzz --seed 1 --cases 1500 --slack 10

The last is for a machine of any speed, as in CI: so many cases instead of a time, so that all machines try the same;
seconds of the processor and not of the clock, so that other load does not count; and ten times as many of them as on a
normal machine, which what has no bound exceeds all the same.

`cases` draws a case from a seed and a number alone, so the same numbers are the same cases on every machine. `workers`
runs them in processes of their own, which `trial` holds to a limit of time and memory; `verdicts` judges each command
line by itself, and `agreement` what several commands say of one network.
"""
