import ArgumentParser

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
            var random = SystemRandomNumberGenerator()
            try StandardOutput.write(
                Self.base64URL((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }))
            guard StandardOutput.isTerminal else { return }
            Terminal.error(
                """
                Put it into the tokens of a client under mcpProxy.clients, which says what it may use; or into
                mcpProxy.options.authTokens, or a server's options.authTokens, to open servers; or into
                mcpProxy.management.authTokens to open the management API. Clients send "Authorization: Bearer <token>".
                """)
        }
    }

    /// The bytes in the alphabet of RFC 4648, section 5, without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var bits = 0
        var value = 0
        for byte in bytes {
            value = value << 8 | Int(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[value >> bits & 63])
            }
            value &= 1 << bits - 1
        }
        if bits > 0 { text.append(alphabet[value << (6 - bits) & 63]) }
        return text
    }
}
