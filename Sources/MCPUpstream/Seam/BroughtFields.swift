import Addresses

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
    func judged(_ failure: UpstreamFailure) -> UpstreamFailure {
        failure.code == .unauthorized ? .callerRefused(self, failure) : failure
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
