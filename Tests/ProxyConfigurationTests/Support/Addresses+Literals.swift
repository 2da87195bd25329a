import Addresses

// So that tests can write addresses as the file has them.

extension HTTPURL: ExpressibleByStringLiteral {
    /// - Precondition: the text is a URL.
    public init(stringLiteral text: String) {
        do {
            try self.init(text)
        } catch {
            preconditionFailure("\(text): \(error)")
        }
    }
}

extension AddressNetwork: ExpressibleByStringLiteral {
    /// - Precondition: the text is a network.
    public init(stringLiteral text: String) {
        do {
            try self.init(text)
        } catch {
            preconditionFailure("\(text): \(error)")
        }
    }
}
