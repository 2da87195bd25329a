import ArgumentParser

/// `mcp-proxy logout`: the proxy forgets a login.
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Forgets the login to a server; it is called no more before somebody logs in.")

    @OptionGroup var login: LoginOptions

    func run() async throws {
        try await CommandFailure.reported("nobody was logged out") {
            try ShownOutput.write(table: [try await login.way(makesDirectory: false).logOut(login.name)])
        }
    }
}
