import ArgumentParser

/// Which running proxy a command speaks to.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The base URL of a running proxy, or unix:/path of its socket; else MCP_PROXY_URL, else the address in the configuration file.",
            valueName: "url"))
    var proxy: String?

    @Option(
        help: ArgumentHelp(
            "A token of that proxy; else MCP_PROXY_TOKEN, which other users cannot see, else one of the file.",
            valueName: "token"))
    var token: String?
}

/// How a result is written.
enum OutputForm: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}

/// For commands whose result scripts may want.
struct OutputOptions: ParsableArguments {
    @Option(help: "text for people, json for scripts.")
    var output = OutputForm.text

    var isJSON: Bool { output == .json }
}

/// For commands that also work without a running proxy.
struct OneShotOptions: ParsableArguments {
    @Flag(
        name: .customLong("one-shot"),
        help: "Starts what is needed of the configuration in this process, and ends it again.")
    var isOneShot = false
}
