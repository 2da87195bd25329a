/// The program's own version, as `--version` prints it.
let programVersion = "0.1.0"
