import Testing

@testable import ProxyConfiguration

@Suite struct SecretFileExpansionTests {
    private static let files = SecretFiles { path in
        switch path {
        case "/s": .success("p\"w}$A{")
        case "token": .success("0123456789abcdef")
        case "two": .success("0123456789abcdef\nfedcba9876543210")
        default: .failure(UnreadFile.Fault("is not there"))
        }
    }

    private func load(_ text: String, environment: [String: String]? = [:]) throws(ConfigurationError)
        -> LoadedConfiguration
    {
        try ConfigurationLoader.load(
            text: Array(text.utf8), source: "config.json", format: .json, environment: environment, secrets: Self.files)
    }

    private func header(_ value: String) throws -> String? {
        let loaded = try load(serverDocument(#""url": "https://a", "headers": {"X": "\#(value)"}"#))
        guard case .http(_, let headers, _, _)? = loaded.settings.servers.first?.transport else { return nil }
        return headers.first?.value.reveal()
    }

    @Test(
        "A file is put in whole or as a part, once, and is never looked at again",
        arguments: [
            ("${file:/s}", "p\"w}$A{"), ("Bearer ${file:/s}!", "Bearer p\"w}$A{!"), ("$${file:/s}", "${file:/s}"),
            ("${file:token}${file:token}", "0123456789abcdef0123456789abcdef"),
        ])
    func putIn(written: String, text: String) throws {
        #expect(try header(written) == text)
    }

    @Test("A file that cannot be read stops its server alone, and is named")
    func missing() throws {
        let loaded = try load(
            #"{"mcpServers": {"a": {"url": "https://a", "headers": {"X": "${file:/no}"}}, "b": {"command": "x"}}}"#)
        #expect(
            loaded.settings.servers.map(\.cannotStart) == ["the file \"/no\" of ${file:…} is not there", nil])
        #expect(
            loaded.warnings.contains { $0.suggestion?.contains("let the user that runs mcp-proxy read it") == true })
    }

    @Test("What opens a server whose token cannot be read is not known, so nobody is let in")
    func tokens() throws {
        let members = #""command": "x", "options": {"authTokens": ["${file:/no}"]}"#
        let tokens = try load(serverDocument(members)).settings.servers.first?.options.authTokens
        #expect(tokens?.count == 1 && tokens?.first?.reveal().isEmpty == false)
    }

    @Test(
        "A file with several tokens is refused where one stands, with where it may be named",
        arguments: ["", "Bearer "])
    func severalTokens(word: String) {
        for members in [
            #""options": {"authTokens": ["\#(word)${file:two}"]}"#,
            #""clients": {"a": {"tokens": ["\#(word)${file:two}"], "servers": ["*"]}}"#,
        ] {
            let error = #expect(throws: ConfigurationError.self) { try load(proxyDocument(members)) }
            let problem = error?.problems.first { $0.severity == .error }
            #expect(problem?.message.contains("several lines") == true)
            #expect(problem?.suggestion?.contains("tokensFile") == true)
        }
    }

    @Test("In mcpProxy a file that cannot be read is an error")
    func proxy() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try load(proxyDocument(#""options": {"authTokens": ["${file:/no}"]}"#))
        }
        #expect(error?.problems.contains { $0.message.contains("\"/no\"") } == true)
        let tokens = try load(proxyDocument(#""options": {"authTokens": ["${file:token}"]}"#)).settings.options
            .authTokens
        #expect(tokens == [Secret("0123456789abcdef")])
    }

    @Test("No message repeats what a file says")
    func quiet() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try load(serverDocument(#""url": "${file:token}""#))
        }
        #expect(error.map { "\($0)".contains("0123456789") } == false)
    }

    @Test(
        "Where everything is shown a file is refused, also as a value without quotation marks",
        arguments: [
            #""command": "${file:token}""#, #""command": ${file:token}"#, #""command": "x", "cwd": ${file:token}"#,
            #""url": "https://a", "trustedCAFile": ${file:token}"#, "\"command\": \"x\", \"cwd\": \n${file:token}\n",
        ])
    func shown(members: String) {
        let error = #expect(throws: ConfigurationError.self) { try load(serverDocument(members)) }
        #expect(error?.problems.contains { $0.message.contains("what a file says cannot") } == true)
        #expect(error.map { "\($0)".contains("0123456789") } == false)
    }

    @Test("Without expansion it is a text like any other")
    func unexpanded() throws {
        let loaded = try load(
            serverDocument(#""url": "https://a", "headers": {"X": "${file:/s}"}"#), environment: nil)
        guard case .http(_, let headers, _, _)? = loaded.settings.servers.first?.transport else { return }
        #expect(headers.first?.value.reveal() == "${file:/s}")
    }

    @Test("Nothing after the colon names no file")
    func empty() throws {
        #expect(
            warnings(serverDocument(#""command": "x", "args": ["${file:}"]"#)).contains { $0.message.contains("${") })
    }

    @Test(
        "What comes over the API reads no file, wherever it says so",
        arguments: [
            #"{"url": "https://a", "headers": {"X": "${file:/etc/passwd}"}}"#, #"{"command": "${file:/etc/passwd}"}"#,
            #"{"command": "x", "args": ["a${file:x}b"]}"#, #"{"command": "x", "env": {"${file:x}": "1"}}"#,
            #"{"template": "t", "parameters": {"p": "${file:x}"}}"#,
        ])
    func overTheAPI(text: String) {
        #expect(dynamicErrors(text).contains { $0.message.contains("for the operator's own file alone") })
    }

    @Test("Nor does a group that comes over the API")
    func groupOverTheAPI() {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.loadGroup(
                named: "g", text: Array(#"{"options": {"authTokens": ["${file:x}"]}}"#.utf8), source: "request",
                proxy: ProxySettings(), servers: [])
        }
        #expect(error?.problems.contains { $0.message.contains("for the operator's own file alone") } == true)
    }
}

@Suite struct SecretTextTests {
    private func fault(_ bytes: [UInt8]) -> String? {
        do throws(UnreadFile.Fault) {
            _ = try SecretText.text(of: bytes)
            return nil
        } catch {
            return error.words
        }
    }

    @Test(
        "One line break at the end is taken off, and nothing else",
        arguments: [
            ("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a \n", " a "), ("a\nb", "a\nb"), ("ö", "ö"),
        ])
    func lineBreak(written: String, text: String) throws {
        #expect(try SecretText.text(of: Array(written.utf8)) == text)
    }

    @Test("What is empty, too long or no text is refused with the reason")
    func faults() {
        #expect(fault([]) == "is empty")
        #expect(fault(Array("\n".utf8)) == "is empty")
        #expect(fault([0xFF]) == "is not in UTF-8")
        #expect(fault([UInt8](repeating: 0x61, count: SecretText.maximumBytes)) == nil)
        #expect(fault([UInt8](repeating: 0x61, count: SecretText.maximumBytes + 1)) == "is longer than 64KiB")
    }
}
