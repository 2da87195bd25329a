import ArgumentParser
import MCPCore

/// `mcp-proxy token`: makes a token that nobody can guess.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Prints a new token for a client, or for authTokens."
    )

    private static let allowed = 16...1024

    @Option(help: ArgumentHelp("How many random bytes it stands for, from 16 to 1024.", valueName: "count"))
    var bytes = 32

    func validate() throws {
        guard Self.allowed.contains(bytes) else {
            throw ValidationError("--bytes takes a number from 16 to 1024; fewer could be guessed")
        }
    }

    func run() async throws {
        try await CommandFailure.reported("no token was made") {
            try StandardOutput.write(RandomBytes.text(of: bytes))
            guard StandardOutput.isTerminal else { return }
            Terminal.error(
                """
                Put it into the tokens of a client under mcpProxy.clients, which says what it may use; or into
                mcpProxy.options.authTokens, or a server's options.authTokens, to open servers; or into
                mcpProxy.management.authTokens to open the management API. Clients send "Authorization: Bearer <token>".
                """)
        }
    }
}
