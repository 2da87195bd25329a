import Testing

@testable import ProxyConfiguration

/// What a message proposes in the place of a wrong number, size or duration can be written there.
@Suite struct AdviceTests {
    private static let wrongValues = [
        "1", "30", "500", "5400", "60000", "5400000", "7200000", "86400000", "-1", "99999999999999", "\"-5s\"",
        "\"9000h\"", "\"soon\"", "\"999GiB\"", "true", "1.5",
    ]

    /// The keys of a scope whose values are numbers in some form.
    private static func keys(_ scope: KeyScope) -> [String] {
        scope.keys.compactMap { key in
            switch key.shape {
            case .integer, .size, .duration: key.name
            default: nil
            }
        }
    }

    /// The values that a message proposes, as they are to be written.
    private func proposals(_ problem: ConfigurationProblem) -> [String] {
        guard let words = problem.suggestion?.split(separator: " "), words.first == "Write" else { return [] }
        return words.map { $0.last == "," ? String($0.dropLast()) : String($0) }.filter {
            $0.first == "\"" || Int($0) != nil
        }
    }

    private func check(_ key: String, read: (String) -> [ConfigurationProblem]) {
        for value in Self.wrongValues {
            for problem in read("\"\(key)\": \(value)") where problem.keyPath.hasSuffix(key) {
                for proposal in proposals(problem) where !proposal.contains("callTimeout") {
                    let left = read("\"\(key)\": \(proposal)").filter { $0.keyPath.hasSuffix(key) }
                    #expect(left.isEmpty, "\(value): \(problem)")
                }
            }
        }
    }

    @Test("In mcpProxy, every value that is proposed is accepted")
    func proxy() {
        // What is less than the usual value of its partner can only be written with that.
        let upper: Set = ["maxCallTime", "restartBackoffMaximum", "sessionLifetime", "maxHeaderBytes"]
        for key in Self.keys(.limits) where !upper.contains(key) {
            check(key) { problems(proxyDocument("\"limits\": {\($0)}")) }
        }
        for key in Self.keys(.management) { check(key) { problems(managementDocument($0)) } }
        #expect(Self.keys(.limits).count > 40 && Self.keys(.management).count == 6)
    }

    @Test("Of a server, every value that is proposed is accepted")
    func server() {
        for key in Self.keys(.server) {
            check(key) { problems(serverDocument("\"url\": \"https://a\", \($0)")) }
        }
        #expect(Self.keys(.server).sorted() == ["cacheTTL", "callTimeout", "startTimeout", "timeout"])
    }

    @Test("Of a server that comes over the API, too, whatever the proxy's limits are")
    func dynamicServer() {
        var settings = ProxySettings()
        settings.limits.maxCallTime = .seconds(20)
        for key in Self.keys(.server) {
            check(key) { dynamicErrors("{\"url\": \"https://a\", \($0)}", proxy: settings) }
        }
    }

    @Test("Ninety minutes in milliseconds are not proposed where an hour is the most")
    func ninetyMinutes() {
        let found = errors(serverDocument(#""command": "a", "startTimeout": 5400000"#))
        #expect(
            found.map(\.message) == [
                "the duration must be from 1ms to 1h, not 5400000; a number without a unit counts nanoseconds"
            ])
        #expect(found.first?.suggestion == #"Write "2m""#)
    }

    @Test(
        "A number, size or duration out of its range is quoted",
        arguments: [
            (#""maxSessions": -1"#, "from 1 to 1000000, not -1"), (#""maxSessions": "0""#, #", not "0""#),
            (#""maxBodyBytes": "2GiB""#, #"to 1GiB, not "2GiB""#), (#""callTimeout": "25h""#, #"to 24h, not "25h""#),
            (#""callTimeout": 30"#, "to 24h, not 30; a number"), (#""maxJSONDepth": 5000"#, "to 1024, not 5000"),
        ])
    func quoted(member: String, words: String) {
        #expect(errors(proxyDocument("\"limits\": {\(member)}")).first?.message.contains(words) == true)
    }

    @Test("So is a timeout, but nothing that a variable brought in")
    func quotedTimeout() {
        let found = errors(serverDocument(#""url": "https://a", "timeout": "25h""#))
        #expect(found.map(\.message) == [#"the duration must be from 0s to 24h, not "25h""#])
        let hidden = problems(
            serverDocument(#""url": "https://a", "timeout": "${T}""#), environment: ["T": "-77s"])
        #expect(!hidden.isEmpty && !"\(hidden)".contains("77"))
    }

    @Test(
        "An address that cannot be used is quoted, digits and all",
        arguments: [
            (#""addr": "127.0.0.1:99999""#, #""127.0.0.1:99999" is not an address to listen on; a port is"#),
            (#""addr": "192.168.100.20:http""#, #""192.168.100.20:http" is not an address to listen on; a port is"#),
            (#""allowedHosts": ["192.168.100.20/x"]"#, #""192.168.100.20/x" is not the name of a host"#),
            (#""allowedOrigins": ["192.168.100.20:8080"]"#, #""192.168.100.20:8080" is not an origin"#),
            (#""management": {"allowAddresses": ["192.168.100.0/33"]}"#, #""192.168.100.0/33": the number after /"#),
        ])
    func quotedAddress(member: String, words: String) {
        let found = errors(proxyDocument(member)).first?.message
        #expect(found?.contains(words) == true, "\(found ?? "")")
    }

    @Test("A secret in the place of an address is not quoted", arguments: ["addr", "allowedHosts"])
    func hiddenAddress(key: String) {
        let secret = "sk-0123456789abcdef0123456789"
        let value = key == "addr" ? "\"\(secret)\"" : "[\"\(secret)/\"]"
        let found = errors(proxyDocument("\"\(key)\": \(value)"))
        #expect(!found.isEmpty && !"\(found)".contains("0123"))
    }
}
