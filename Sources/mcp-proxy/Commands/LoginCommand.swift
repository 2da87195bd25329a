import ArgumentParser
import ProxyControl

/// `mcp-proxy login`: lets the proxy call a server on somebody's behalf.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Logs in to a server that wants OAuth, with the browser; the proxy keeps the login.")

    @OptionGroup var login: LoginOptions

    @Flag(
        name: .customLong("no-browser"),
        help: "Opens no browser: prints the address, and also takes the address to which the browser came back, pasted."
    )
    var opensNoBrowser = false

    @Flag(
        name: .customLong("link"),
        help: "Prints a link for somebody else's browser, which counts once and for ten minutes, and ends.")
    var wantsLink = false

    func run() async throws {
        try await CommandFailure.reported("nobody was logged in") {
            let way = try await login.way(makesDirectory: true)
            if wantsLink { return try await showLink(way) }
            let words = try await Interruption.race(TerminationSignals()) { try await logIn(way) }
            try ShownOutput.write(table: [words])
        }
    }

    private func showLink(_ way: LoginWay) async throws {
        let link = try await way.link(login.name)
        if let caller = link.caller {
            Terminal.error(
                ShownOutput.printable(
                    "the link is for \"\(caller)\" alone, who asks for it (per: principal); others are led to the login when they call a tool of \(login.name)"
                ))
        }
        try ShownOutput.write(table: [link.address])
    }

    private func logIn(_ way: LoginWay) async throws -> String {
        let listener = try await RedirectListener.open()
        defer { listener.close() }
        let address = try await way.begin(login.name, redirect: listener.address)
        Terminal.error("To log in to \(login.name), open this address in a browser:\n\n    \(address)\n")
        let opensHere = !opensNoBrowser && Browser.open(address)
        if !opensNoBrowser, !opensHere {
            Terminal.error("no browser could be opened here; open the address yourself")
        }
        if opensNoBrowser || !opensHere && StandardInput.isTerminal {
            Terminal.error(
                "If the browser is on another machine, it cannot come back here: paste the address that it shows at the end, and press return."
            )
            listener.takePastedAddress()
        }
        let arrival = try await listener.arrival(from: address)
        do {
            let words = try await way.finish(login.name, query: arrival.query)
            await arrival.answer("Logged in to \(login.name)", "You can close this window.")
            return words
        } catch let error as CommandFailure {
            await arrival.answer("This login is not possible", error.words)
            throw error
        }
    }
}
