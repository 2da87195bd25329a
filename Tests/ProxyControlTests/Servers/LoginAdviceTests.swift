import Testing

@testable import ProxyControl

/// What is said to whoever is to log in to a server.
@Suite struct LoginAdviceTests {
    private func words(_ advice: LoginAdvice, page: String? = nil, isPersonal: Bool = false) -> String {
        advice.words(for: "docs", page: page, isPersonal: isPersonal)
    }

    @Test("At a proxy that runs it is a command, and a page where there are any")
    func running() {
        #expect(words(.running) == "mcp-proxy login docs")
        #expect(
            words(.running, page: "http://a/oauth/login/docs")
                == "mcp-proxy login docs, or open http://a/oauth/login/docs")
    }

    @Test("Where each caller logs in for himself, a call leads there, if the proxy has pages")
    func personal() {
        let own = "mcp-proxy login docs, with the caller's own token"
        #expect(words(.running, isPersonal: true) == own)
        #expect(
            words(.running, page: "http://a", isPersonal: true)
                == "each caller is led to the login at his first call of a tool; or \(own)")
    }

    @Test("Without a proxy it says with which configuration, and where the login is kept", arguments: [false, true])
    func alone(isPersonal: Bool) {
        let command = "mcp-proxy login docs --config c.json --state-dir"
        let client = words(.client(configuration: "c.json", stateDirectory: nil), isPersonal: isPersonal)
        #expect(client == "\(command) DIR, then start mcp-proxy stdio with --state-dir DIR, too")
        let kept = words(.client(configuration: "c.json", stateDirectory: "kept"), isPersonal: isPersonal)
        #expect(kept.hasPrefix("\(command) kept, then start mcp-proxy stdio"))
        #expect(
            words(.command(configuration: "c.json")).contains("mcp-proxy login docs --config c.json, and leave out"))
        #expect(words(.url).hasPrefix("a login needs a configuration file"))
    }
}
