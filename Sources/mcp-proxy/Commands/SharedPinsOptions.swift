import ArgumentParser

/// The file with what a team has approved. A group of its own, so that a command and its subcommands take it alike.
struct SharedPinsOptions: ParsableArguments {
    @Option(
        name: .customLong("pins"),
        help: ArgumentHelp(
            "A file of what was approved of tools and prompts, as mcp-proxy pins export writes it. Of the servers in it nothing else counts at the start.",
            valueName: "path"),
        completion: .file())
    var path: String?
}
