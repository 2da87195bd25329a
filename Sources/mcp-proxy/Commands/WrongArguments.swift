import ArgumentParser
import ClientFiles
import ProxyConfiguration

/// What is wrong with a command line before any command has looked at it.
enum WrongArguments {
    /// The exit code for a wrong command line.
    static let status: Int32 = 64

    /// What the Go program can be asked for and this one does otherwise.
    private static let replaced = [
        "--authorize":
            "mcp-proxy login NAME logs in to a server that wants OAuth; a token that you have stands in the server's "
            + #"headers, such as "headers": {"Authorization": "Bearer ${TOKEN}"}"#,
        "--auth-status":
            "mcp-proxy list says who is logged in to which server, and which servers want somebody to log in",
        "--doctor":
            "mcp-proxy check says what is wrong with the configuration, mcp-proxy list what the servers of a running "
            + "proxy are doing, and mcp-proxy logs NAME what one of them has said",
    ]

    /// Why the arguments cannot be used, in words; nil if that is for the commands to say.
    ///
    /// - Parameter arguments: As ``GoStyleArguments`` has made them.
    static func fault(in arguments: [String]) -> String? {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        for argument in arguments[..<end] {
            let name = String(argument.prefix { $0 != "=" })
            if let instead = replaced[name] { return "\(name) is not an option of this program: \(instead)" }
        }
        let words = Array(arguments[..<end])
        return unknownCommand(in: arguments) ?? MisplacedWords.fault(in: words) ?? uselessOption(in: arguments[..<end])
            ?? unknownOption(in: words)
    }

    private static func unknownCommand(in arguments: [String]) -> String? {
        guard let word = GoStyleArguments.subcommand(of: arguments) else { return nil }
        let known = ServeCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !(known + ["help"]).contains(word) else { return nil }
        let shown = "\"\(ShownText.plain(word))\""
        if let near = nearestKey(to: word, in: known) {
            return "there is no command \(shown). Did you mean \"\(near)\"?"
        }
        let isFile = word.contains("/") || word.contains(".")
        return isFile
            ? "there is no command \(shown). Did you mean --config \(word)?"
            : "there is no command \(shown). The commands are: \(known.joined(separator: ", "))"
    }

    /// The parser takes the options of the program itself beside every command, which would ignore them.
    private static func uselessOption(in arguments: ArraySlice<String>) -> String? {
        guard let command = GoStyleArguments.subcommand(of: Array(arguments)) else { return nil }
        let source = ["--config", "--expand-env", "--http-headers", "--http-timeout", "--insecure"]
        let useless =
            switch command {
            case "stdio": [String]()
            case "check": ["--state-dir", "--log-level"]
            case "import", "token", "completions": source + ["--state-dir", "--log-level", "--pins"]
            case "login", "logout": ["--log-level", "--pins"]
            default: ["--state-dir", "--log-level", "--pins"]
            }
        for argument in arguments {
            let name = String(argument.prefix { $0 != "=" })
            guard useless.contains(name) else { continue }
            return "\(command) takes no \(name), which would count for nothing: leave it out"
        }
        return nil
    }

    /// The parser looks for `--help` first, and would not say what is wrong.
    private static func unknownOption(in arguments: [String]) -> String? {
        let asked = arguments.filter { !["--help", "-h", "--version"].contains($0) }
        guard asked.count < arguments.count, !asked.isEmpty else { return nil }
        do {
            _ = try ServeCommand.parseAsRoot(asked)
            return nil
        } catch {
            let message = ServeCommand.message(for: error)
            return message.hasPrefix("Unknown option") ? message : nil
        }
    }
}
