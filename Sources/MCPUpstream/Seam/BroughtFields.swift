import Addresses
import MCPCore

/// The header fields of a client's request that go to one server: his credentials there. The values are shown nowhere.
package struct BroughtFields: Sendable {
    /// As the server gets them.
    package let fields: [(name: String, value: String)]
    /// What the client calls those that he has sent.
    package let sent: [String]
    /// What he calls those that he has not sent.
    package let missing: [String]

    package init(_ passed: PassedFields, _ rules: [PassedFields.Rule]) {
        let values = rules.map { (rule: $0, value: passed.value(of: $0.clientName)) }
        fields = values.compactMap { rule, value in value.map { (rule.upstreamName, $0) } }
        sent = Self.names(values.filter { $0.value != nil }.map(\.rule))
        missing = Self.names(values.filter { $0.value == nil }.map(\.rule))
    }

    /// One field may go to a server under two names.
    private static func names(_ rules: [PassedFields.Rule]) -> [String] {
        var names: [String] = []
        for rule in rules where !names.contains(where: { ASCII.equal($0, rule.clientName) }) {
            names.append(rule.clientName)
        }
        return names
    }

    /// Returns what a failure is for the caller: that a server wants other credentials is for him to mend, and nobody else.
    /// Its words, which the operator and others may see, do not repeat what he has sent.
    func judged(_ failure: UpstreamFailure) -> UpstreamFailure {
        let failure = failure.reworded(hidingValues)
        return failure.code == .unauthorized ? .callerRefused(self, failure) : failure
    }

    /// Returns words of the server's without what it repeats of the values.
    func hidingValues(in text: String) -> String { SecretMask.hiding(secrets, inStartOf: text) }

    /// What nobody is to read, in all the ways in which servers write it.
    var secrets: [String] { fields.flatMap { Self.forms(of: $0.value) } }

    /// The value of a header field, in all the ways in which servers write it.
    static func forms(of value: String) -> [String] {
        let credentials = value.split(separator: " ", maxSplits: 1).dropFirst().first.map(String.init)
        let plain = [value, credentials ?? value]
        let read = plain.compactMap { Base64.decode($0.utf8).flatMap { String(validating: $0, as: UTF8.self) } }
        // Of name and password of Basic, the password.
        let passwords = read.compactMap {
            $0.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init)
        }
        let known = plain + read + passwords
        return (known + known.map(quoted) + plain.map { Base64.encode(Array($0.utf8)) })
            .filter { $0.utf8.count >= shortestSecret }
    }

    /// What is shorter stands in many words that have nothing to do with it.
    private static let shortestSecret = 4

    /// Returns a text as it stands in JSON.
    private static func quoted(_ text: String) -> String {
        text.reduce(into: "") { quoted, character in
            if character == "\\" || character == "\"" { quoted.append("\\") }
            quoted.append(character)
        }
    }
}

extension BroughtFields: Equatable {
    package static func == (one: BroughtFields, other: BroughtFields) -> Bool {
        one.sent == other.sent && one.missing == other.missing
            && one.fields.elementsEqual(other.fields) { $0 == $1 }
    }
}

extension BroughtFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(fields.count) header fields of a client" }
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` does not show the values either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
