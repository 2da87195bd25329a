#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a terminal treats what is typed.
struct TerminalMode {
    private let settings: termios

    /// That of standard input as it is now; nil where it is no terminal.
    static var current: TerminalMode? {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        return TerminalMode(settings: settings)
    }

    /// The same, but that every key comes at once and is not shown. Ctrl-C and Ctrl-Z are signals still; Ctrl-S does not hold
    /// the screen.
    var key: TerminalMode {
        var settings = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        settings.c_iflag &= ~tcflag_t(IXON)
        unsafe withUnsafeMutableBytes(of: &settings.c_cc) { characters in
            unsafe characters[Int(VMIN)] = 1
            unsafe characters[Int(VTIME)] = 0
        }
        return TerminalMode(settings: settings)
    }

    /// Begins. In the background this stops the process until it is in the foreground.
    func apply() {
        var settings = settings
        while unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings) != 0, errno == EINTR {}
    }
}
