import ArgumentParser

/// `mcp-proxy completions`: what a shell needs to complete the command line.
struct CompletionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Prints completions for a shell.",
        discussion: "Where to put them is in docs/usage.md."
    )

    @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
    var shell: String

    func run() async throws {
        try await CommandFailure.reported("no completions were made") {
            guard let known = CompletionShell(rawValue: shell) else {
                throw CommandFailure("there are no completions for \"\(shell)\"; write bash, zsh or fish")
            }
            try StandardOutput.write(ServeCommand.completionScript(for: known))
        }
    }
}
