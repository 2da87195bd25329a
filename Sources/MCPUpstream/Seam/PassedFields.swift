import Addresses

/// Header fields of a client's request that are for servers: the client's credentials there. They are shown nowhere.
package struct PassedFields: Sendable, Hashable {
    /// A field of a client's request, and what the server gets it as.
    package struct Rule: Sendable, Equatable {
        package let clientName: String
        package let upstreamName: String

        package init(clientName: String, upstreamName: String) {
            self.clientName = clientName
            self.upstreamName = upstreamName
        }
    }

    private struct Field: Sendable, Hashable {
        /// In lower case.
        let name: String
        let value: String
    }

    package static let none = PassedFields()

    private var fields: [Field] = []

    private init() {}

    /// - Parameters:
    ///   - names: Which are wanted.
    ///   - values: The values of a field in the client's request, by its name in lower case. One that comes twice is not
    ///     passed on: two readers could see two values.
    package init(_ names: [String], _ values: (String) -> [String]) {
        for name in names.map({ $0.lowercased() }) where !fields.contains(where: { $0.name == name }) {
            let found = values(name)
            if found.count == 1, let value = found.first { fields.append(Field(name: name, value: value)) }
        }
    }

    package var isEmpty: Bool { fields.isEmpty }

    /// Returns the value of a field, whose name has no case.
    func value(of name: String) -> String? {
        fields.first { ASCII.equal($0.name, name) }?.value
    }
}

extension PassedFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(fields.count) passed header fields" }
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` does not show the values either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
