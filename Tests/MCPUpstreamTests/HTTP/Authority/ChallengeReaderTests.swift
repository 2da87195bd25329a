import Testing

@testable import MCPUpstream

/// The grammar of `WWW-Authenticate`: schemes with parameters, or with something in one piece.
@Suite struct ChallengeReaderTests {
    /// Everything in a field, a line for each challenge.
    private func read(_ field: String) -> [String] {
        var reader = ChallengeReader(field)
        var lines: [String] = []
        while let challenge = reader.next() {
            lines.append(
                ([challenge.scheme] + challenge.parameters.map { "\($0.name)=<\($0.value)>" }).joined(separator: " "))
        }
        return lines
    }

    @Test(
        "Every challenge of a field is read",
        arguments: [
            ("Basic realm=\"a\"", ["Basic realm=<a>"]),
            (" , Basic , Digest a=b,c=\"d\" ", ["Basic", "Digest a=<b> c=<d>"]),
            ("Negotiate abc==, Bearer a=b", ["Negotiate", "Bearer a=<b>"]),
            ("A, B, C", ["A", "B", "C"]),
            ("A b=c, D e=f, g=h, I", ["A b=<c>", "D e=<f> g=<h>", "I"]),
            ("A b = \t\"c\"\t,\t d=e", ["A b=<c> d=<e>"]),
            ("A b=c,,, ,d=e", ["A b=<c> d=<e>"]),
            ("A ab/cd=", ["A"]),
            ("A b", ["A"]), ("", []), ("\"A\" b=c", []),
        ])
    func grammar(field: String, expected: [String]) {
        #expect(read(field) == expected)
    }

    @Test("A parameter of a challenge is found by its name without case, and not if there are two")
    func value() throws {
        var reader = ChallengeReader("A Realm=x, realms=y, b=1, B=1")
        let found = reader.next()
        let challenge = try #require(found)
        #expect(challenge.value("realm") == "x" && challenge.value("REALMS") == "y")
        #expect(challenge.value("b") == nil && challenge.value("c") == nil)
    }
}
