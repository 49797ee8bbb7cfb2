"""One module a kind of file, each with `make(task)`. They run in the child process only."""
