@rem `exec` of a POSIX shell, for cmd: `npm start` uses it so that a signal to npm reaches the script and not a shell.
@%*
